// The engine: its package, and the module inside a script, compressed, in base64.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const ID = 'virtual:engine-wasm'

/** Takes the built package from a directory. */
export function engine(dist: string): Plugin {
  const module = join(dist, 'rustomize.wasm')
  const entry = join(dist, 'index.js')
  return {
    name: 'engine',
    enforce: 'pre',
    resolveId(id) {
      if (id === ID) return `\0${ID}`
      if (id !== 'rustomize') return undefined
      if (!existsSync(entry) || !existsSync(module)) throw new Error(`${dist} has no package: run \`cargo xtask wasm\` first`)
      return entry
    },
    load(id) {
      if (id !== `\0${ID}`) return undefined
      this.addWatchFile(module)
      return `export default '${gzipSync(readFileSync(module), { level: 9 }).toString('base64')}'\n`
    },
    transform(code, id) {
      // The package's own address of the module would bring it in a second time, as a file.
      if (id === entry) return code.replace(/source \?\? new URL\([^)]*\)/, 'source')
      return undefined
    },
  }
}
