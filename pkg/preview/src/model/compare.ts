// One environment against several others, as one table of objects and one of fields.
import type { DiffLocation, DiffResult, FieldChange, ObjectName } from 'rustomize'

/** What became of an object in another environment. */
export type Cell =
  | { status: 'equal' }
  | { status: 'added' }
  | { status: 'removed' }
  /** Under another name or in another namespace, maybe. */
  | { status: 'changed'; fields: number }

export interface Side {
  present: boolean
  hidden: boolean
  value: unknown
  location: DiffLocation | null
}

export interface FieldRow {
  path: string
  /** The first environment, then the others. */
  sides: Side[]
}

export interface ObjectRow {
  key: string
  kind: string
  group: string
  name: string
  namespace: string | null
  /** For the environments after the first. */
  cells: Cell[]
  fields: FieldRow[]
}

const ABSENT: Side = { present: false, hidden: false, value: null, location: null }

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** Joins the comparisons of one environment with each of the others. */
export function compareRows(diffs: DiffResult[]): ObjectRow[] {
  const rows = new Map<string, { row: ObjectRow; inFirst: boolean; changes: FieldChange[][] }>()
  diffs.forEach((diff, at) => {
    for (const object of diff.objects) {
      const named = (object.old ?? object.new)!
      const inFirst = object.old !== null
      const key = keyOf(named, inFirst)
      let found = rows.get(key)
      if (found === undefined) {
        const { kind, name, namespace, apiVersion } = named
        const cells = diffs.map((): Cell => ({ status: 'equal' }))
        found = {
          row: { key, kind, group: groupOf(apiVersion), name, namespace, cells, fields: [] },
          inFirst,
          changes: diffs.map(() => []),
        }
        rows.set(key, found)
      }
      const { status, changes } = object
      found.row.cells[at] = status === 'added' || status === 'removed' ? { status } : { status: 'changed', fields: changes.length }
      found.changes[at] = changes
    }
  })
  for (const { row, inFirst, changes } of rows.values()) row.fields = fieldRows(row.cells, changes, inFirst)
  return [...rows.values()]
    .map(({ row }) => row)
    .sort((one, other) => compareText(one.kind, other.kind) || compareText(one.name, other.name) || compareText(one.key, other.key))
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectName, inFirst: boolean): string {
  // Objects that only other environments have are the same where they are called the same, whatever the namespace.
  return [groupOf(apiVersion), kind, name, inFirst ? (namespace ?? '') : '+'].join('|')
}

/** A row for each field that differs somewhere. */
function fieldRows(cells: Cell[], changes: FieldChange[][], inFirst: boolean): FieldRow[] {
  const paths = new Set(changes.flatMap((list) => list.map(({ path }) => path)))
  const rows = new Map<string, { first: Side | null; others: (Side | null)[] }>()
  const side = (change: FieldChange, which: 'old' | 'new'): Side => {
    const isThere = change.action !== (which === 'old' ? 'added' : 'removed')
    if (!isThere) return ABSENT
    const [value, location] = which === 'old' ? [change.old, change.oldLocation] : [change.new, change.newLocation]
    return { present: true, hidden: change.hidden, value, location }
  }
  changes.forEach((list, at) => {
    for (const change of list.flatMap((each) => takenApart(each, paths))) {
      let row = rows.get(change.path)
      if (row === undefined) rows.set(change.path, (row = { first: null, others: cells.map(() => null) }))
      row.first ??= side(change, 'old')
      row.others[at] = side(change, 'new')
    }
  })
  // Whole objects that are there on one side only have one row.
  const whole = cells.some(({ status }) => status === 'added' || status === 'removed')
  const fallback: Side = { present: inFirst, hidden: false, value: null, location: null }
  return [...rows]
    .map(([path, { first, others }]): FieldRow => {
      const own = first ?? (path === '' && whole ? fallback : ABSENT)
      return {
        path,
        sides: [
          own,
          // What a comparison does not name is as in the first environment, unless the object is gone.
          ...others.map((other, at) => other ?? (cells[at]!.status === 'removed' ? ABSENT : own)),
        ],
      }
    })
    .sort((one, other) => compareText(one.path, other.path))
}

/** A mapping that came or went as a whole, as its fields, where another comparison names some of these. */
function takenApart(change: FieldChange, paths: Set<string>): FieldChange[] {
  const { path, old: before, new: after } = change
  const isMap = (value: unknown) => value === null || (typeof value === 'object' && !Array.isArray(value))
  if (path === '' || (change.action !== 'added' && change.action !== 'removed') || !isMap(before) || !isMap(after)) return [change]
  const named = [...paths].some((other) => other.length > path.length && other.startsWith(path) && /[.[]/.test(other[path.length]!))
  if (!named) return [change]
  return Object.entries({ ...(before as object), ...(after as object) }).flatMap(([key, value]) =>
    takenApart({ ...change, path: path + segment(key), old: before === null ? null : value, new: after === null ? null : value }, paths),
  )
}

/** A key as comparisons write it. */
function segment(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

export interface Totals {
  changed: number
  added: number
  removed: number
}

export function totals(rows: ObjectRow[]): Totals {
  const having = (wanted: Cell['status']) => rows.filter(({ cells }) => cells.some(({ status }) => status === wanted)).length
  return { changed: having('changed'), added: having('added'), removed: having('removed') }
}
