// Which images run where, and a form that sets one: the edit of the kustomization file and what it changes in each environment.
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { EditResult, ImageUse } from 'rustomize'
import type { Effect } from '../engine/operations'
import { imageArgument, imageRows, versionText, type ImageForm } from '../model/images'
import { filePatch } from '../model/patch'
import { answer, apply, ask, jump, kustomizations, revision, roots, showSecrets, target, tell } from '../state/project'
import { Heads } from './comparison'
import { Effects } from './Effects'
import { copy, download } from './exits'
import { Icon } from './icons'
import { Busy, Nothing } from './parts'

/** An edit that was not made yet. */
interface Planned {
  edit: EditResult
  effects: Effect[]
  texts: { path: string; before: string; after: string }[]
}

type Uses = { target: string; uses: ImageUse[]; ok: boolean }[]

export function Images(): JSX.Element {
  const [all, setAll] = useState<Uses | null>(null)
  const environments = roots.value.map(({ path }) => path)
  useEffect(() => {
    void answer(ask('images', [environments], 'images')).then((found) => {
      if (found !== undefined) setAll(found.map(({ target: path, images }) => ({ target: path, uses: images.images, ok: images.ok })))
    })
  }, [environments.join('\n'), revision.value])

  const [form, setForm] = useState<ImageForm>({ name: '', newName: '', version: '' })
  if (all === null) return <Busy label="Looking for images…" />
  const shown = all.filter(({ ok, uses }) => ok && uses.length > 0)
  return (
    <div class="images">
      <SetImage all={shown} form={form} onForm={setForm} />
      <ImageTable all={shown} onPick={(name, version) => setForm({ name, newName: '', version })} />
    </div>
  )
}

function ImageTable({ all, onPick }: { all: Uses; onPick: (name: string, version: string) => void }): JSX.Element {
  const rows = useMemo(() => imageRows(all.map(({ uses }) => uses)), [all])
  if (rows.length === 0) return <Nothing title="No environment runs an image" />
  return (
    <section class="image-table" aria-label="Images in each environment">
      <div class="fields-scroll" tabIndex={0} role="group" aria-label="Table of images">
        <table>
          <thead>
            <tr>
              <th scope="col">Image</th>
              <Heads of={all.map(({ target }) => target)} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <button type="button" class="value-link" title="Set this image" onClick={() => onPick(row.name, row.cells.flat()[0]?.use.tag ?? '')}>
                    <code>{row.name}</code>
                  </button>
                </th>
                {row.cells.map((cell, at) => (
                  <td key={at}>
                    {cell.length === 0 && <span class="absent" aria-label="not there">—</span>}
                    {cell.map(({ label, use, count }) => (
                      <button
                        key={label}
                        type="button"
                        class="value-link"
                        title={use.location === null ? '' : `${use.location.path}:${use.location.line}`}
                        onClick={() => jump(use.location)}
                      >
                        <code>{label}</code>
                        {count > 1 && <span class="muted"> ×{count}</span>}
                      </button>
                    ))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function SetImage({ all, form, onForm }: { all: Uses; form: ImageForm; onForm: (form: ImageForm) => void }): JSX.Element {
  const [where, setWhere] = useState<string | null>(null)
  const [planned, setPlanned] = useState<Planned | null>(null)
  const environments = roots.value.map(({ path }) => path)
  const layers = kustomizations.value.filter(({ kind }) => kind !== null)
  const chosen = where !== null && layers.some(({ path }) => path === where) ? where : (target.value ?? environments[0] ?? '')
  const names = useMemo(() => [...new Set(all.flatMap(({ uses }) => uses.map(({ name }) => name)))].sort(), [all])
  const current = all.find(({ target: path }) => path === chosen)?.uses.find(({ name }) => name === form.name.trim())
  const argument = imageArgument(form)

  useEffect(() => {
    if (argument === null || chosen === '') return setPlanned(null)
    const timer = setTimeout(() => {
      void answer(ask('setImage', [chosen, argument, environments, showSecrets.value], 'setImage')).then((plan) => {
        if (plan !== undefined) setPlanned(plan)
      })
    }, 120)
    return () => clearTimeout(timer)
  }, [argument, chosen, revision.value, showSecrets.value, environments.join('\n')])

  const patch = (planned?.texts ?? []).map(({ path, before, after }) => filePatch(path, before, after)).join('')

  return (
    <section class="set-image" aria-label="Set an image">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (planned === null || !planned.edit.ok || planned.edit.files.length === 0) return
          apply(planned.edit)
          jump({ path: planned.edit.files[0]!.path, line: firstChangedLine(patch), column: 1 }, false)
          tell(`Written to ${planned.edit.files.map(({ path }) => path).join(', ')}`)
          onForm({ ...form, newName: '', version: '' })
        }}
      >
        <label class="field">
          <span>Image</span>
          <input list="image-names" value={form.name} placeholder="registry/name" spellcheck={false} onInput={(event) => onForm({ ...form, name: event.currentTarget.value })} />
          <datalist id="image-names">
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label class="field">
          <span>New tag or digest</span>
          <input value={form.version} placeholder={current === undefined ? '1.2.3' : versionText(current)} spellcheck={false} onInput={(event) => onForm({ ...form, version: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>New name (optional)</span>
          <input value={form.newName} placeholder="as it is" spellcheck={false} onInput={(event) => onForm({ ...form, newName: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>Write to</span>
          <select value={chosen} onChange={(event) => setWhere(event.currentTarget.value)}>
            {layers.map(({ path, file }) => (
              <option key={path} value={path}>
                {file}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button accent" disabled={planned === null || !planned.edit.ok || planned.edit.files.length === 0}>
          Apply
        </button>
      </form>
      {argument === null ? (
        <p class="hint">Choose an image and give a tag: the edit of the kustomization file and its effect on every environment are shown before anything is written.</p>
      ) : planned === null ? (
        <Busy label="Planning…" />
      ) : (
        <Plan edit={planned.edit} effects={planned.effects} patch={patch} />
      )}
    </section>
  )
}

function firstChangedLine(patch: string): number {
  const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/m.exec(patch)
  if (hunk === null) return 1
  let line = Number(hunk[1])
  for (const text of patch.slice(hunk.index).split('\n').slice(1)) {
    if (text.startsWith('+')) return line
    if (!text.startsWith('-')) line += 1
  }
  return line
}

function Plan({ edit, effects, patch }: { edit: EditResult; effects: Effect[]; patch: string }): JSX.Element {
  const messages = edit.diagnostics.map(({ message, help, severity }, at) => (
    <li key={at} class={severity}>
      <Icon name={severity === 'error' ? 'error' : 'warning'} size={14} />
      <span>
        {message}
        {help.map((line) => (
          <span key={line} class="muted">
            {' '}
            {line}
          </span>
        ))}
      </span>
    </li>
  ))
  return (
    <div class="plan">
      {messages.length > 0 && <ul class="messages">{messages}</ul>}
      {edit.ok && edit.files.length === 0 && <p class="hint">Nothing to do: it is so already.</p>}
      {patch !== '' && (
        <>
          <PatchText patch={patch} />
          <div class="plan-exits">
            <button type="button" class="button small" onClick={() => copy(patch, 'Patch copied')}>
              <Icon name="copy" /> Copy patch
            </button>
            <button type="button" class="button small" onClick={() => download('set-image.patch', patch, 'text/x-diff')}>
              <Icon name="download" /> Download patch
            </button>
          </div>
          <h2>Effect on the environments</h2>
          <Effects effects={effects} />
        </>
      )}
    </div>
  )
}

/** A patch in colours. */
export function PatchText({ patch }: { patch: string }): JSX.Element {
  return (
    <pre class="patch" tabIndex={0} aria-label="Patch">
      {patch
        .split('\n')
        .filter((line, at, all) => line !== '' || at < all.length - 1)
        .map((line, at) => (
          <span key={at} class={patchLine(line)}>
            {line}
            {'\n'}
          </span>
        ))}
    </pre>
  )
}

function patchLine(line: string): string {
  if (/^(diff|---|\+\+\+|new file|deleted file|@@)/.test(line)) return 'patch-head'
  if (line.startsWith('+')) return 'patch-added'
  if (line.startsWith('-')) return 'patch-removed'
  return ''
}
