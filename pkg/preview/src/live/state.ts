// The folder that `rustomize preview` serves, as the project that is open.
import { batch, signal } from '@preact/signals'
import type { Content } from 'rustomize'
import { answer, ask, files, mayLeave, open, opened, refreshOverview, revision, tell, type Opened } from '../state/project'
import { follow, type Told } from './client'
import { merge } from './merge'

/** Whether the server is there; `null` where the page came from elsewhere. */
export const live = signal<'on' | 'lost' | null>(null)
/** The folder's name, once it is known. */
export const folder = signal<string | null>(null)

/** What is on the disk. */
let disk: ReadonlyMap<string, Content> = new Map()
/** The folder as it was opened; something else may be open. */
const shown = signal<Opened | null>(null)

/** Whether the folder is what is open. */
export function isShown(): boolean {
  return shown.value !== null && shown.value === opened.value
}

/** Follows the folder, and opens it unless the address names something else. */
export function startLive(isWanted: boolean): void {
  live.value = 'on'
  follow({
    connected: (is) => void (live.value = is ? 'on' : 'lost'),
    async take(told) {
      const isFirst = folder.value === null
      const news = merge(disk, disk, told)
      disk = news.originals
      folder.value = told.name
      if (isFirst && isWanted) await openFolder()
      else if (isShown()) take(told)
    },
  })
}

/** Opens the folder as it is on the disk. */
export async function openFolder(): Promise<void> {
  if (folder.value === null || !(await mayLeave())) return
  const opening = disk
  await open(folder.value, [...opening])
  shown.value = opened.value
  // It may have changed meanwhile.
  if (opening !== disk) take({ complete: true, files: Object.fromEntries(disk) as Record<string, string>, removed: [] })
}

function take(told: Pick<Told, 'complete' | 'files' | 'removed'>): void {
  const project = shown.value
  if (project === null) return
  const { originals, files: now, changes, kept } = merge(project.originals, files.value, told)
  for (const [path, content] of changes) {
    void answer(content === null ? ask('delete', [path]) : ask('set', [path, content]))
  }
  batch(() => {
    // The same project, whose editor keeps what it knows: not another one that is opened.
    project.originals.clear()
    for (const [path, content] of originals) project.originals.set(path, content)
    files.value = now
    revision.value += 1
  })
  void refreshOverview()
  const [first, ...others] = kept
  if (first !== undefined) {
    const which = others.length === 0 ? `${first} has` : `${first} and ${others.length} more have`
    tell(`${which} changed on the disk; what was edited here stays`, 'error')
  }
}
