// Ways in: a folder that is picked or dropped, a zip, an example, the fragment of the address.
import type { Content } from 'rustomize'
import type { Example } from 'virtual:examples'
import { content, count, isLeftOut, withoutCommonDirectory } from '../model/content'
import { isShared, unpack } from '../model/share'
import { ask, mayLeave, open, opening, tell } from './project'

const MAX_BYTES = 256 * 1024 * 1024

class Cancelled extends Error {}

/** A file to be read, wherever it comes from. */
type Source = { path: string; file: () => Promise<File> }

async function take(what: string, work: (signal: AbortSignal, progress: (done: number, total: number | null) => void) => Promise<void>): Promise<void> {
  if (!(await mayLeave())) return
  const controller = new AbortController()
  const cancel = () => controller.abort()
  opening.value = { what, done: 0, total: null, cancel }
  let drawn = 0
  try {
    await work(controller.signal, (done, total) => {
      const now = performance.now()
      if (now - drawn < 50) return
      drawn = now
      opening.value = { what, done, total, cancel }
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) tell(error instanceof Error ? error.message : String(error), 'error')
  } finally {
    opening.value = null
  }
}

async function read(sources: Source[], signal: AbortSignal, progress: (done: number, total: number) => void): Promise<[string, Content][]> {
  const list: [string, Content][] = []
  let bytes = 0
  for (const { path, file } of sources) {
    if (signal.aborted) throw new Cancelled()
    if (isLeftOut(path)) continue
    const data = new Uint8Array(await (await file()).arrayBuffer())
    bytes += data.length
    if (bytes > MAX_BYTES) throw new Error('The folder holds more than 256 MB; open a part of it')
    list.push([path, content(data)])
    progress(list.length, sources.length)
  }
  return list
}

async function openList(name: string, list: [string, Content][]): Promise<void> {
  if (list.length === 0) throw new Error('There is no file in it')
  const { name: directory, files } = withoutCommonDirectory(list)
  await open(directory ?? name, files)
  tell(`${count(files.length, 'file')} opened; nothing was sent anywhere`)
}

/** The files of `<input webkitdirectory>`, or several files. */
export function openFileList(list: Iterable<File>): Promise<void> {
  const files = [...list]
  if (files.length === 1 && isZip(files[0]!)) return openZip(files[0]!)
  return take('Reading the folder', async (signal, progress) => {
    const sources = files.map((file) => ({ path: file.webkitRelativePath || file.name, file: async () => file }))
    await openList('folder', await read(sources, signal, progress))
  })
}

function isZip(file: File): boolean {
  return /\.zip$/i.test(file.name) || file.type === 'application/zip'
}

export function openZip(file: File): Promise<void> {
  return take('Unpacking', async (signal) => {
    const unpacked = await ask('unzip', [await file.arrayBuffer()])
    if (signal.aborted) throw new Cancelled()
    const list = unpacked.filter(([path]) => !isLeftOut(path)).map(([path, bytes]): [string, Content] => [path, content(bytes)])
    await openList(file.name.replace(/\.zip$/i, ''), list)
  })
}

export function openExample(example: Example): Promise<void> {
  return take(`Opening ${example.title}`, async () => {
    const { default: files } = await example.load()
    await open(example.title, Object.entries(files))
    history.replaceState(null, '', `#example=${example.id}`)
  })
}

/** What was dropped: entries must be taken before the event is over. */
export function openDrop(transfer: DataTransfer): Promise<void> {
  const files = [...transfer.files]
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (files.length === 1 && isZip(files[0]!)) return openZip(files[0]!)
  if (entries.length === 0) return openFileList(files)
  return take('Reading the folder', async (signal, progress) => {
    const sources: Source[] = []
    for (const entry of entries) await walk(entry, sources, signal, progress)
    await openList(entries[0]!.name, await read(sources, signal, progress))
  })
}

async function walk(entry: FileSystemEntry, sources: Source[], signal: AbortSignal, progress: (done: number, total: number | null) => void): Promise<void> {
  if (signal.aborted) throw new Cancelled()
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    sources.push({ path, file: () => new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) })
    progress(sources.length, null)
  } else if (entry.isDirectory && !isLeftOut(`${path}/`)) {
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    for (;;) {
      // A reader gives some at a time, and none at the end.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
      if (some.length === 0) break
      for (const each of some) await walk(each, sources, signal, progress)
    }
  }
}

/** Opens what the address names, if it does. */
export async function openFragment(fragment: string, examples: Example[]): Promise<boolean> {
  if (isShared(fragment)) {
    await take('Unpacking the shared project', async () => {
      const { name, target, files } = await unpack(fragment).catch(() => {
        throw new Error('The address holds a project that is damaged or cut off')
      })
      await open(name, Object.entries(files), { target })
    })
    return true
  }
  const named = /^#example=([\w-]+)$/.exec(fragment)?.[1]
  const example = examples.find(({ id }) => id === named)
  if (example === undefined) return false
  await openExample(example)
  return true
}
