// The example systems as data of the page: one module each, loaded when somebody opens it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const PREFIX = 'virtual:example/'

/** What of an example is no part of the system itself: recorded output, and the document's own text where it does not build. */
const LEFT_OUT = [/^as-written\//, /^expected\//, /^[^/]*\.tsv$/, /\.stderr$/]

/** The examples with a line about each, in the order in which they are offered. */
export const EXAMPLES = [
  { id: 'dreamseed', title: 'dreamseed', about: 'AI tutoring: Kafka, Redis and seven services in three environments' },
  { id: 'b2connect', title: 'b2connect', about: 'A shop on PostgreSQL and RabbitMQ, deployed blue and green' },
  { id: 'cloudretail', title: 'cloudretail', about: 'Retail services in two production regions' },
  { id: 'micropay', title: 'micropay', about: 'Payments with a service mesh and a disaster recovery site' },
  { id: 'mini-visa', title: 'mini-visa', about: 'A card network with custom transformers' },
]

function filesOf(root: string): Record<string, string> {
  const files: Record<string, string> = {}
  const walk = (below: string) => {
    for (const name of readdirSync(join(root, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`
      if (LEFT_OUT.some((pattern) => pattern.test(path + (statSync(join(root, path)).isDirectory() ? '/' : '')))) continue
      if (statSync(join(root, path)).isDirectory()) walk(path)
      else files[path] = readFileSync(join(root, path), 'utf8')
    }
  }
  walk('')
  return files
}

/** Gives `virtual:example/NAME` the files of an example, and `virtual:examples` the list with a loader for each. */
export function examples(directory: string): Plugin {
  return {
    name: 'examples',
    resolveId(id) {
      return id === 'virtual:examples' || id.startsWith(PREFIX) ? `\0${id}` : undefined
    },
    load(id) {
      if (id === '\0virtual:examples') {
        const rows = EXAMPLES.map((example) => {
          const files = filesOf(join(directory, example.id))
          const about = JSON.stringify({ ...example, files: Object.keys(files).length })
          return `  { ...${about}, load: () => import('${PREFIX}${example.id}') },`
        })
        return `export default [\n${rows.join('\n')}\n]\n`
      }
      if (!id.startsWith(`\0${PREFIX}`)) return undefined
      const files = filesOf(join(directory, id.slice(PREFIX.length + 1)))
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(files))})\n`
    },
  }
}
