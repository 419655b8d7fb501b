// What was edited since the project was opened, and what that does to each environment.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Content } from 'rustomize'
import type { Effect } from '../engine/operations'
import { answer, ask, changedPaths, files, opened, revision, roots, show, showSecrets, tell, write } from '../state/project'
import { Effects } from './Effects'
import { changesPatch, copy, download } from './exits'
import { Icon } from './icons'
import { PatchText } from './Images'
import { Busy, Nothing } from './parts'

export function Changes(): JSX.Element {
  const paths = changedPaths.value
  const [made, setMade] = useState<{ patch: string; effects: Effect[] } | null>(null)
  const environments = roots.value.map(({ path }) => path)

  useEffect(() => {
    const originals = opened.value?.originals
    if (paths.length === 0 || originals === undefined) return setMade(null)
    const before = paths.map((path): [string, Content | null] => [path, originals.get(path) ?? null])
    void answer(Promise.all([changesPatch(), ask('changes', [environments, before, showSecrets.value], 'changes')])).then(
      (found) => found !== undefined && setMade({ patch: found[0], effects: found[1] }),
    )
  }, [revision.value, showSecrets.value, environments.join('\n')])

  if (paths.length === 0) {
    return (
      <Nothing icon="check" title="Nothing was changed yet">
        <p>Edit a file or set an image: the effect of all edits on every environment is shown here, and can be taken along as a patch.</p>
      </Nothing>
    )
  }
  if (made === null) return <Busy label="Comparing…" />
  return (
    <div class="changes">
      <section aria-labelledby="changed-files">
        <header class="changes-head">
          <h2 id="changed-files">{paths.length === 1 ? 'One file' : `${paths.length} files`} changed since the project was opened</h2>
          <span class="space" />
          <button type="button" class="button small" onClick={() => copy(made.patch, 'Patch copied')}>
            <Icon name="copy" size={14} /> Copy patch
          </button>
          <button type="button" class="button small" onClick={() => download(`${opened.value?.name ?? 'changes'}.patch`, made.patch, 'text/x-diff')}>
            <Icon name="download" size={14} /> Download
          </button>
        </header>
        <ul class="changed-files">
          {paths.map((path) => (
            <li key={path}>
              <button type="button" class="value-link" onClick={() => show(path)}>
                <code>{path}</code>
              </button>
              <button
                type="button"
                class="button quiet small"
                aria-label={`Undo all changes of ${path}`}
                onClick={() => {
                  write(path, opened.value?.originals.get(path) ?? null)
                  tell(`${path} is as it was opened`)
                }}
              >
                {files.value.has(path) ? 'Undo' : 'Bring back'}
              </button>
            </li>
          ))}
        </ul>
        {made.patch !== '' && <PatchText patch={made.patch} />}
      </section>
      <section aria-labelledby="changes-effects">
        <h2 id="changes-effects">Effect on the environments</h2>
        <Effects effects={made.effects} />
      </section>
    </div>
  )
}
