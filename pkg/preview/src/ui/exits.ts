// The ways out of the page: the clipboard and files. What is hidden stays hidden here.
import { masks } from '../model/masks'
import { filePatch } from '../model/patch'
import { answer, ask, built, changedPaths, files, labelOf, opened, roots, showSecrets, target, tell } from '../state/project'

export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    tell(done)
  } catch {
    tell('The browser did not allow to copy', 'error')
  }
}

export function download(name: string, content: string | Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

function fileName(path: string): string {
  const name = labelOf(path).replaceAll('/', '-')
  return name === '.' || name === '' ? (opened.value?.name ?? 'rendered') : name
}

/** The manifests as they are shown; a warning goes with them if values are hidden. */
export function copyRendered(): void {
  const result = built.value
  if (!result?.ok) return tell('This environment cannot be rendered', 'error')
  void copy(result.text, result.redacted ? 'Copied, without the values of Secrets' : 'Copied')
}

export function downloadRendered(): void {
  const result = built.value
  if (!result?.ok || target.value === null) return tell('This environment cannot be rendered', 'error')
  download(`${fileName(target.value)}.yaml`, result.text, 'application/yaml')
  if (result.redacted) tell('Downloaded, without the values of Secrets')
}

export async function downloadAll(): Promise<void> {
  const targets = roots.value.map(({ path }) => ({ target: path, file: `${path === '.' ? fileName(path) : path}.yaml` }))
  const bundle = await answer(ask('bundle', [targets, showSecrets.value]))
  if (bundle === undefined) return
  download(`${opened.value?.name ?? 'environments'}.zip`, bundle.zip, 'application/zip')
  if (bundle.failed.length > 0) tell(`Left out, because they cannot be rendered: ${bundle.failed.map(labelOf).join(', ')}`, 'error')
  else tell(`${targets.length} environments downloaded`)
}

/** All changes of files since they were opened. Values of Secrets are dots, unless they are shown. */
export async function changesPatch(): Promise<string> {
  const originals = opened.value?.originals ?? new Map()
  const parts: string[] = []
  for (const path of changedPaths.value) {
    const before = originals.get(path) ?? null
    const after = files.value.get(path) ?? null
    if (before instanceof Uint8Array || after instanceof Uint8Array) continue
    if (showSecrets.value) parts.push(filePatch(path, before, after))
    else {
      const hidden = (text: string | null) => (text === null ? null : ask('redactedAs', [path, text]))
      parts.push(filePatch(path, await hidden(before), await hidden(after)))
    }
  }
  return parts.join('')
}

/** A text for others: with a word in the place of each value of a Secret. */
export async function withoutSecrets(path: string, text: string, replace: (text: string, ranges: ReturnType<typeof masks>) => string): Promise<string> {
  const redacted = await ask('redacted', [path])
  if (redacted === undefined) throw new Error(`It is not known whether ${path} holds values of Secrets`)
  return redacted === text ? text : replace(text, masks(text, redacted))
}
