// The engine: its package, and its modules inside scripts, compressed, in base64.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What the page imports, by what is in the package. */
const ENTRIES: Record<string, string> = { rustomize: 'index.js', 'rustomize/tools': 'tools.js' }
const MODULES: Record<string, string> = { 'virtual:engine-wasm': 'rustomize.wasm', 'virtual:tools-wasm': 'tools.wasm' }

/** Takes the built package from a directory. */
export function engine(dist: string): Plugin {
  const entries = new Set(Object.values(ENTRIES).map((name) => join(dist, name)))
  return {
    name: 'engine',
    enforce: 'pre',
    resolveId(id) {
      if (id in MODULES) return `\0${id}`
      const name = ENTRIES[id]
      if (name === undefined) return undefined
      const files = [name, ...Object.values(MODULES)].map((file) => join(dist, file))
      if (!files.every((file) => existsSync(file))) throw new Error(`${dist} has no package: run \`cargo xtask wasm\` first`)
      return files[0]
    },
    load(id) {
      const name = id.startsWith('\0') ? MODULES[id.slice(1)] : undefined
      if (name === undefined) return undefined
      const module = join(dist, name)
      this.addWatchFile(module)
      return `export default '${gzipSync(readFileSync(module), { level: 9 }).toString('base64')}'\n`
    },
    transform(code, id) {
      // The package's own address of the module would bring it in a second time, as a file.
      if (entries.has(id)) return code.replace(/source \?\? new URL\([^)]*\)/, 'source')
      return undefined
    },
  }
}
