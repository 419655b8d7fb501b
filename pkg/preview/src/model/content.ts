// Files as the page holds them: texts where they are UTF-8, bytes where they are not.
import type { Content } from 'rustomize'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A text if the bytes are one. */
export function content(bytes: Uint8Array): Content {
  if (bytes.includes(0)) return bytes
  try {
    return decoder.decode(bytes)
  } catch {
    return bytes
  }
}

/** Takes away the one directory that all files are in. */
export function withoutCommonDirectory<T>(files: [string, T][]): { name: string | null; files: [string, T][] } {
  const first = files[0]?.[0]
  const end = first?.indexOf('/') ?? -1
  if (first === undefined || end < 0) return { name: null, files }
  const directory = first.slice(0, end + 1)
  if (!files.every(([path]) => path.startsWith(directory))) return { name: null, files }
  return { name: first.slice(0, end), files: files.map(([path, file]) => [path.slice(directory.length), file]) }
}

/** Whether a file is left out when a folder is opened. */
export function isLeftOut(path: string): boolean {
  return /(^|\/)(\.git|node_modules|\.terraform|target|dist)\//.test(path)
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}
