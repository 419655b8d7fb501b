// How large the page is, and how large it may become: compressed, without the engine's module and without examples.
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const MAX = 300_000

/** The module, which has a bound of its own. */
const MODULE = /(['"`])[A-Za-z0-9+/=]{100000,}\1/

export function size(): Plugin {
  return {
    name: 'size',
    apply: 'build',
    writeBundle(_, bundle) {
      let page = 0
      let others = 0
      for (const file of Object.values(bundle)) {
        const text = file.type === 'chunk' ? file.code : file.source
        const isExample = file.type === 'chunk' && file.facadeModuleId?.includes('virtual:example/')
        const packed = gzipSync(typeof text === 'string' ? text.replace(MODULE, "''") : text, { level: 9 }).length
        if (isExample) others += packed
        else page += packed
      }
      console.log(`the page without the engine: ${page} bytes compressed (at most ${MAX}); examples: ${others}`)
      if (page > MAX) throw new Error('the page has become too large')
    },
  }
}
