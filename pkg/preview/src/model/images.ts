// Images across environments.
import type { ImageUse } from 'rustomize'

export interface ImageRow {
  name: string
  /** For each environment the tags or digests that run, each with one of its uses. */
  cells: { label: string; use: ImageUse; count: number }[][]
}

/** One row for each image name, one cell for each environment. */
export function imageRows(environments: ImageUse[][]): ImageRow[] {
  const rows = new Map<string, ImageRow>()
  environments.forEach((uses, at) => {
    for (const use of uses) {
      if (use.hidden) continue
      let row = rows.get(use.name)
      if (row === undefined) rows.set(use.name, (row = { name: use.name, cells: environments.map(() => []) }))
      const label = versionText(use)
      const cell = row.cells[at]!
      const found = cell.find((each) => each.label === label)
      if (found === undefined) cell.push({ label, use, count: 1 })
      else found.count += 1
    }
  })
  return [...rows.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

export function versionText({ tag, digest }: Pick<ImageUse, 'tag' | 'digest'>): string {
  const parts = [...(tag === null ? [] : [tag]), ...(digest === null ? [] : [`@${shortDigest(digest)}`])]
  return parts.length === 0 ? '(no tag)' : parts.join('')
}

function shortDigest(digest: string): string {
  const [algorithm, hash] = digest.split(':')
  return hash === undefined ? digest : `${algorithm}:${hash.slice(0, 8)}…`
}

export interface ImageForm {
  /** The name as the manifests of the bases have it. */
  name: string
  newName: string
  version: string
}

/** What is given to `set image`; `null` as long as the form is not complete. */
export function imageArgument({ name, newName, version }: ImageForm): string | null {
  const image = name.trim()
  const other = newName.trim()
  const wanted = version.trim().replace(/^[:@]/, '')
  if (image === '' || (other === '' && wanted === '')) return null
  if (/\s/.test(image + other + wanted)) return null
  const separator = /^[a-z0-9]+:[0-9a-f]{32,}$/i.test(wanted) ? '@' : ':'
  const suffix = wanted === '' ? '' : separator + wanted
  return other === '' ? image + suffix : `${image}=${other}${suffix}`
}
