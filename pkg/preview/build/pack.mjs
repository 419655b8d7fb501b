// Packs the built page for `rustomize preview`: every file compressed, and a Rust expression that names them all.
//
// usage: node pack.mjs DIST OUT
//
// The page that a static host serves may connect to nothing at all. Served by the program it may ask that program for the
// folder, and a mark says so; this is the only difference.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const [dist, out] = process.argv.slice(2)
if (dist === undefined || out === undefined) throw new Error('usage: node pack.mjs DIST OUT')

function replaced(text, pattern, to) {
  const found = text.match(new RegExp(pattern, 'g'))?.length ?? 0
  if (found !== 1) throw new Error(`index.html should have ${pattern} once, and has it ${found} times`)
  return text.replace(pattern, to)
}

function served(html) {
  const open = replaced(html, /connect-src (&#39;|')none\1/, "connect-src $1self$1")
  return replaced(open, /<\/head>/, '<meta name="rustomize-live" content="events" /></head>')
}

rmSync(out, { recursive: true, force: true })
const paths = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(dist, '/').length).replaceAll('\\', '/'))
  .sort()
if (!paths.includes('index.html')) throw new Error(`there is no index.html in ${dist}`)
let total = 0
const rows = paths.map((path) => {
  const bytes = readFileSync(join(dist, path))
  const packed = gzipSync(path === 'index.html' ? served(bytes.toString()) : bytes, { level: 9 })
  const file = resolve(out, 'files', `${path}.gz`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, packed)
  total += packed.length
  return `    File { path: ${JSON.stringify(path)}, bytes: include_bytes!(${JSON.stringify(file)}) },`
})
writeFileSync(join(out, 'page.rs'), `&[\n${rows.join('\n')}\n]\n`)
console.log(`${paths.length} files, ${total} bytes packed`)
