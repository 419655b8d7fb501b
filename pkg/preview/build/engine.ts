// The engine's module inside a script: compressed, in base64.
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const ID = 'virtual:engine-wasm'

export function engine(file: string): Plugin {
  return {
    name: 'engine',
    resolveId(id) {
      return id === ID ? `\0${ID}` : undefined
    },
    load(id) {
      if (id !== `\0${ID}`) return undefined
      if (!existsSync(file)) throw new Error(`${file} is missing: build the module first (cargo xtask wasm)`)
      this.addWatchFile(file)
      return `export default '${gzipSync(readFileSync(file), { level: 9 }).toString('base64')}'\n`
    },
  }
}
