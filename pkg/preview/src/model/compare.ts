// One environment against several others, as one table of objects and one of fields.
import type { DiffLocation, DiffResult, ObjectName, Risk } from 'rustomize'

/** What became of an object in another environment. */
export type Cell =
  | { status: 'equal' }
  | { status: 'added'; risks: Risk[] }
  | { status: 'removed'; risks: Risk[] }
  /** Under another name or in another namespace, maybe. */
  | { status: 'changed'; fields: number; risks: Risk[] }

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

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** Joins the comparisons of one environment with each of the others. */
export function compareRows(diffs: DiffResult[]): ObjectRow[] {
  const rows = new Map<string, ObjectRow>()
  diffs.forEach((diff, at) => {
    for (const object of diff.objects) {
      const named = (object.old ?? object.new)!
      const key = keyOf(named, object.old !== null)
      let row = rows.get(key)
      if (row === undefined) {
        row = {
          key,
          kind: named.kind,
          group: groupOf(named.apiVersion),
          name: named.name,
          namespace: named.namespace,
          cells: diffs.map((): Cell => ({ status: 'equal' })),
          fields: [],
        }
        rows.set(key, row)
      }
      row.cells[at] =
        object.status === 'added' || object.status === 'removed'
          ? { status: object.status, risks: object.risks }
          : { status: 'changed', fields: object.changes.length, risks: object.risks }
      for (const change of object.changes) {
        const field = fieldRow(row, change.path, diffs.length)
        const isThere = change.action !== 'added'
        field.sides[0] = { present: isThere, hidden: change.hidden, value: change.old, location: change.oldLocation }
        const stays = change.action !== 'removed'
        field.sides[at + 1] = { present: stays, hidden: change.hidden, value: change.new, location: change.newLocation }
      }
    }
  })
  for (const row of rows.values()) {
    for (const field of row.fields) {
      // What a comparison does not name is there as in the first environment.
      field.sides = field.sides.map((side, at) => {
        if (side !== undefined) return side
        const cell = row.cells[at - 1]
        const gone = cell !== undefined && cell.status === 'removed'
        return gone ? { present: false, hidden: false, value: null, location: null } : field.sides[0]!
      })
    }
    row.fields.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
  }
  return [...rows.values()].sort(
    (one, other) => compareText(one.kind, other.kind) || compareText(one.name, other.name) || compareText(one.key, other.key),
  )
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectName, inFirst: boolean): string {
  // Objects that only other environments have are the same where they are called the same, whatever the namespace.
  return [groupOf(apiVersion), kind, name, inFirst ? (namespace ?? '') : '+'].join('|')
}

function fieldRow(row: ObjectRow, path: string, others: number): FieldRow {
  const found = row.fields.find((field) => field.path === path)
  if (found !== undefined) return found
  const made: FieldRow = { path, sides: Array.from({ length: others + 1 }) as Side[] }
  row.fields.push(made)
  return made
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

export interface Totals {
  changed: number
  added: number
  removed: number
  risks: number
}

export function totals(rows: ObjectRow[]): Totals {
  const sum: Totals = { changed: 0, added: 0, removed: 0, risks: 0 }
  for (const { cells } of rows) {
    if (cells.some(({ status }) => status === 'changed')) sum.changed += 1
    if (cells.some(({ status }) => status === 'added')) sum.added += 1
    if (cells.some(({ status }) => status === 'removed')) sum.removed += 1
    if (cells.some((cell) => cell.status !== 'equal' && cell.risks.length > 0)) sum.risks += 1
  }
  return sum
}
