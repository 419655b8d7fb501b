// Sharing by address: what goes into it, what is left out, and whether it fits.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { formatBytes } from '../model/content'
import { replaced } from '../model/masks'
import { SHARE_LIMIT, pack } from '../model/share'
import { answer, ask, files, labelOf, opened, roots, target } from '../state/project'
import { copy, withoutSecrets } from './exits'
import { Icon } from './icons'
import { Busy, Dialog } from './parts'

/** Stands where a value of a Secret stood: text, and base64 as well. */
const INSTEAD = 'redacted'

type Scope = 'all' | 'one'

export function Share({ onClose }: { onClose: () => void }): JSX.Element {
  const [scope, setScope] = useState<Scope>('all')
  const [made, setMade] = useState<{ address: string; length: number; files: number; hidden: number } | null>(null)
  useEffect(() => {
    setMade(null)
    void answer(make(scope)).then((result) => result !== undefined && setMade(result))
  }, [scope])
  const fits = made !== null && made.length <= SHARE_LIMIT
  return (
    <Dialog title="Share by link" onClose={onClose}>
      <p>
        The project is compressed into the part of the address behind <code>#</code>, which browsers never send to a server. Whoever opens the address has
        the files.
      </p>
      <fieldset class="scopes">
        <legend class="hidden-text">What is shared</legend>
        <label>
          <input type="radio" name="scope" checked={scope === 'all'} onChange={() => setScope('all')} /> Everything the environments are made of
        </label>
        {target.value !== null && (
          <label>
            <input type="radio" name="scope" checked={scope === 'one'} onChange={() => setScope('one')} /> Only what <strong>{labelOf(target.value)}</strong> is
            made of
          </label>
        )}
      </fieldset>
      {made === null ? (
        <Busy label="Compressing…" />
      ) : (
        <>
          <div class="share-size" data-over={!fits || undefined}>
            <meter aria-label="Length of the address" min={0} max={SHARE_LIMIT} value={Math.min(made.length, SHARE_LIMIT)} />
            <span>
              {formatBytes(made.length)} of at most {formatBytes(SHARE_LIMIT)} · {made.files} files
            </span>
          </div>
          {!fits && <p class="error">This is too long for an address. Share one environment only, or download the files as a zip.</p>}
          <p class="share-secrets">
            <Icon name="lock" size={14} />{' '}
            {made.hidden === 0
              ? 'No values of Secrets were found in these files.'
              : `Values of Secrets are left out: “${INSTEAD}” stands in their place in ${made.hidden} ${made.hidden === 1 ? 'file' : 'files'}.`}
          </p>
          <div class="share-address">
            <input readOnly aria-label="Address" value={fits ? made.address : ''} onFocus={(event) => event.currentTarget.select()} />
            <button type="button" class="button accent" disabled={!fits} onClick={() => copy(made.address, 'Link copied')}>
              <Icon name="copy" /> Copy link
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

async function make(scope: Scope): Promise<{ address: string; length: number; files: number; hidden: number }> {
  const targets = scope === 'one' && target.value !== null ? [target.value] : roots.value.map(({ path }) => path)
  const paths = await ask('inputs', [targets])
  const shared: Record<string, string> = {}
  let hidden = 0
  for (const path of paths) {
    const text = files.value.get(path)
    if (typeof text !== 'string') continue
    shared[path] = await withoutSecrets(path, text, (whole, ranges) => replaced(whole, ranges, INSTEAD))
    if (shared[path] !== text) hidden += 1
  }
  const fragment = await pack({ name: opened.value?.name ?? 'project', target: target.value, files: shared })
  const address = location.href.replace(/#.*$/, '') + fragment
  return { address, length: address.length, files: Object.keys(shared).length, hidden }
}
