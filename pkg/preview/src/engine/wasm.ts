// The engine's module. It travels inside a script, compressed, so that the page needs no permission to connect anywhere.
import packed from 'virtual:engine-wasm'

/** Unpacks the module's bytes. */
export async function wasm(): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).arrayBuffer()
}
