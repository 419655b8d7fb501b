// A project in the fragment of an address: what is behind `#` is never sent to a server.

/** Longest fragment that is made: most programs that carry addresses take this much. */
export const SHARE_LIMIT = 64_000

const PREFIX = '#project='

export interface Shared {
  name: string
  target: string | null
  files: Record<string, string>
}

export async function pack(shared: Shared): Promise<string> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(shared)), new CompressionStream('deflate-raw'))
  return PREFIX + toBase64Url(bytes)
}

export function isShared(fragment: string): boolean {
  return fragment.startsWith(PREFIX)
}

/** Reads what `pack` made; throws if it is something else. */
export async function unpack(fragment: string): Promise<Shared> {
  const bytes = await through(fromBase64Url(fragment.slice(PREFIX.length)), new DecompressionStream('deflate-raw'), 64_000_000)
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (!isProject(value)) throw new Error('the address holds no project')
  return value
}

function isProject(value: unknown): value is Shared {
  if (typeof value !== 'object' || value === null) return false
  const { name, target, files } = value as Record<string, unknown>
  return (
    typeof name === 'string' &&
    (target === null || typeof target === 'string') &&
    typeof files === 'object' &&
    files !== null &&
    Object.values(files).every((text) => typeof text === 'string')
  )
}

async function through(bytes: Uint8Array, transform: GenericTransform, limit = Infinity): Promise<Uint8Array> {
  const reader = (new Blob([bytes as BlobPart]).stream().pipeThrough(transform as ReadableWritablePair<Uint8Array, Uint8Array>)).getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > limit) throw new Error('the project in the address is too large')
    chunks.push(value)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

type GenericTransform = CompressionStream | DecompressionStream

export function toBase64Url(bytes: Uint8Array): string {
  let letters = ''
  for (let at = 0; at < bytes.length; at += 0x8000) letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}
