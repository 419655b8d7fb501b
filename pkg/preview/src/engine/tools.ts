// Edits. Their module comes in a script like the engine's, and begins when the first edit is wanted.
import { init, setImage } from 'rustomize/tools'
import packed from 'virtual:tools-wasm'
import { unpacked } from './wasm'

export { setImage }

let begun: Promise<void> | undefined

/** Begins the module, once. */
export function ready(): Promise<void> {
  begun ??= unpacked(packed).then(init)
  return begun
}
