// What a change on the disk does to files that may have been edited in the page.
import type { Content } from 'rustomize'
import type { Told } from './client'

export interface Merged {
  /** What the disk has. */
  originals: Map<string, Content>
  /** What the page shows. */
  files: Map<string, Content>
  /** Paths whose text in the page is another now; `null` is one that went. */
  changes: Map<string, Content | null>
  /** Paths that changed on the disk, but were edited in the page, which is kept. */
  kept: string[]
}

/** Takes what is new on the disk. Where somebody edited a file in the page, that stays in view. */
export function merge(
  originals: ReadonlyMap<string, Content>,
  files: ReadonlyMap<string, Content>,
  told: Pick<Told, 'complete' | 'files' | 'removed'>,
): Merged {
  const merged: Merged = { originals: new Map(originals), files: new Map(files), changes: new Map(), kept: [] }
  const news = new Map<string, Content | null>(Object.entries(told.files))
  const gone = told.complete ? [...originals.keys()].filter((path) => !news.has(path)) : told.removed
  for (const path of gone) news.set(path, null)
  for (const [path, disk] of news) {
    const before = originals.get(path) ?? null
    const shown = files.get(path) ?? null
    put(merged.originals, path, disk)
    if (disk === before || disk === shown) continue
    if (shown !== before) {
      merged.kept.push(path)
      continue
    }
    put(merged.files, path, disk)
    merged.changes.set(path, disk)
  }
  return merged
}

function put(map: Map<string, Content>, path: string, content: Content | null): void {
  if (content === null) map.delete(path)
  else map.set(path, content)
}
