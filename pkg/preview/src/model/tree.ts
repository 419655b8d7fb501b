// The files as a tree, flattened to the rows that are open.

export interface TreeRow {
  path: string
  name: string
  depth: number
  directory: boolean
  open: boolean
  /** For directories: how many files are below. */
  count: number
}

interface Directory {
  directories: Map<string, Directory>
  files: string[]
  count: number
}

function directory(): Directory {
  return { directories: new Map(), files: [], count: 0 }
}

/** The rows of a tree: directories before files, both by name. */
export function treeRows(paths: Iterable<string>, isOpen: (path: string) => boolean): TreeRow[] {
  const root = directory()
  for (const path of paths) {
    const parts = path.split('/')
    const name = parts.pop()!
    let at = root
    at.count += 1
    for (const part of parts) {
      let next = at.directories.get(part)
      if (next === undefined) at.directories.set(part, (next = directory()))
      next.count += 1
      at = next
    }
    at.files.push(name)
  }
  const rows: TreeRow[] = []
  const walk = (at: Directory, prefix: string, depth: number) => {
    for (const name of [...at.directories.keys()].sort()) {
      const path = prefix + name
      const below = at.directories.get(name)!
      const open = isOpen(path)
      rows.push({ path, name, depth, directory: true, open, count: below.count })
      if (open) walk(below, `${path}/`, depth + 1)
    }
    for (const name of at.files.sort()) {
      rows.push({ path: prefix + name, name, depth, directory: false, open: false, count: 0 })
    }
  }
  walk(root, '', 0)
  return rows
}

/** The directories above a path, the outermost first. */
export function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}
