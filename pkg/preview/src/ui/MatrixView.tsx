// Fields down, environments across: the values that are not the same everywhere.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { MatrixCell, MatrixResult } from 'rustomize'
import { TOPICS, groups, isAbout, valueText, type Topic } from '../model/fields'
import { kinds, nameMatches } from '../model/filter'
import { answer, ask, compared, jump, labelOf, showSecrets } from '../state/project'
import { NotRendered, TooFew, useComparison } from './comparison'
import { EnvironmentChoice } from './EnvironmentChoice'
import { Filters, filter } from './Filters'
import { Busy, Nothing } from './parts'
import { useVirtual } from './useVirtual'

const ROW = 26

const topic = signal<Topic>('all')

type Row = { kind: 'object'; called: string; name: string } | { kind: 'field'; object: string; path: string; values: MatrixCell[] }

export function MatrixView(): JSX.Element {
  const targets = compared.value
  const matrix = useComparison<MatrixResult>(targets, () => ask('matrix', [targets, showSecrets.value], 'matrix'))

  return (
    <div class="matrix">
      <EnvironmentChoice>
        <label class="inline">
          show
          <select aria-label="Show fields about" value={topic.value} onChange={(event) => (topic.value = event.currentTarget.value as Topic)}>
            {TOPICS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </EnvironmentChoice>
      {targets.length < 2 ? (
        <TooFew>The matrix lists every field whose value is not the same in all of them.</TooFew>
      ) : matrix === null ? (
        <Busy label="Comparing…" />
      ) : !matrix.ok ? (
        <NotRendered diagnostics={matrix.diagnostics} />
      ) : (
        <Grid matrix={matrix} />
      )}
    </div>
  )
}

/** `Deployment.apps/web` as kind and name. */
function called(object: string): { kind: string; name: string; namespace: null } {
  const slash = object.indexOf('/')
  const dot = object.indexOf('.')
  return { kind: object.slice(0, dot >= 0 && dot < slash ? dot : slash), name: object.slice(slash + 1), namespace: null }
}

/** Goes to what wrote a value. */
async function locate(environment: string, object: string, path: string): Promise<void> {
  const place = await answer(ask('locate', [environment, object, path]))
  if (place !== undefined && place !== null) jump(place)
}

function Grid({ matrix }: { matrix: MatrixResult }): JSX.Element {
  const now = filter.value
  const about = topic.value
  const rows = useMemo(() => {
    const words = now.text.toLowerCase().split(/\s+/).filter((word) => word !== '')
    const list: Row[] = []
    for (const { object, fields } of matrix.objects) {
      const name = called(object)
      if (!nameMatches(name, now)) continue
      const left = fields.filter(({ path, values }) => {
        if (!isAbout(path, about)) return false
        if (words.length === 0) return true
        const text = `${path} ${values.map(({ value }) => valueText(value)).join(' ')}`.toLowerCase()
        return words.every((word) => text.includes(word))
      })
      if (left.length === 0) continue
      list.push({ kind: 'object', called: name.kind, name: name.name })
      for (const { path, values } of left) list.push({ kind: 'field', object, path, values })
    }
    return list
  }, [matrix, now, about])
  const virtual = useVirtual(rows.length, ROW)
  const [chosen, setChosen] = useState<{ row: number; column: number } | null>(null)
  const cellOf = (row: number, column: number) => {
    const at = rows[row]
    return at?.kind === 'field' ? { ...at, cell: at.values[column] } : null
  }
  // Rows may be others by now.
  const current = chosen !== null && cellOf(chosen.row, chosen.column)?.cell !== undefined ? chosen : null
  // A row that was scrolled out of view is not there.
  const isShown = current !== null && current.row >= virtual.first && current.row < virtual.last
  const currentId = isShown ? `cell-${current.row}-${current.column}` : undefined
  useLayoutEffect(() => {
    if (currentId !== undefined) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [currentId])

  /** Goes to the nearest row of values that lies so many rows away; at either end, to the last there is. */
  const move = (step: number, aside: number) => {
    const from = current?.row ?? -1
    const wanted = Math.min(Math.max(from + step, 0), rows.length - 1)
    const forward = step < 0 ? -1 : 1
    let row = wanted
    while (rows[row] !== undefined && rows[row]!.kind !== 'field') row += forward
    if (rows[row] === undefined) row = rows.findIndex(({ kind }) => kind === 'field')
    if (row < 0) return
    const column = Math.min(Math.max((current?.column ?? 0) + aside, 0), matrix.environments.length - 1)
    virtual.scrollTo(row)
    setChosen({ row, column })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      PageDown: [10, 0],
      PageUp: [-10, 0],
      Home: [-rows.length, 0],
      End: [rows.length, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    }
    const step = steps[event.key]
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (step !== undefined) {
      event.preventDefault()
      move(...step)
    } else if (event.key === 'Enter' && current !== null) {
      const at = cellOf(current.row, current.column)
      if (at?.cell?.present && at.path !== '') void locate(matrix.environments[current.column]!, at.object, at.path)
    }
  }
  const fieldCount = rows.filter(({ kind }) => kind === 'field').length
  const allCount = useMemo(() => matrix.objects.reduce((sum, { fields }) => sum + fields.length, 0), [matrix])
  const columns = { gridTemplateColumns: `minmax(200px, 2fr) repeat(${matrix.environments.length}, minmax(104px, 1fr))` }

  return (
    <>
      <Filters kinds={kinds(matrix.objects.map(({ object }) => called(object)))} shown={fieldCount} all={allCount} what={allCount === 1 ? 'field differs' : 'fields differ'} />
      {rows.length === 0 ? (
        <Nothing icon="check" title={allCount === 0 ? 'No differences' : 'No field matches the filter'} />
      ) : (
        <div
          class="grid"
          role="grid"
          aria-label="Fields that differ between environments"
          aria-activedescendant={currentId}
          onKeyDown={onKeyDown}
          aria-rowcount={rows.length + 1}
          aria-colcount={matrix.environments.length + 1}
          tabIndex={0}
          ref={virtual.ref}
        >
          <div class="grid-head" role="row" aria-rowindex={1} style={columns}>
            <span role="columnheader">Field</span>
            {matrix.environments.map((path) => (
              <span key={path} role="columnheader" title={path}>
                {labelOf(path)}
              </span>
            ))}
          </div>
          <div class="grid-rows" style={{ height: `${virtual.height}px` }} role="rowgroup">
            {rows.slice(virtual.first, virtual.last).map((row, index) => {
              const at = virtual.first + index
              const place = { top: `${at * ROW}px`, ...columns }
              if (row.kind === 'object') {
                return (
                  <div key={at} class="grid-object" role="row" aria-rowindex={at + 2} style={place}>
                    <span role="rowheader">
                      <span class="object-kind">{row.called}</span> {row.name}
                    </span>
                  </div>
                )
              }
              const same = groups(row.values)
              return (
                <div key={at} class="grid-row" role="row" aria-rowindex={at + 2} style={place}>
                  <span role="rowheader" title={row.path}>
                    <bdi>{row.path === '' ? '(the object)' : row.path}</bdi>
                  </span>
                  {row.values.map((cell, column) => (
                    <span
                      key={column}
                      id={`cell-${at}-${column}`}
                      role="gridcell"
                      aria-selected={current?.row === at && current.column === column}
                      data-group={same[column]}
                      onClick={() => setChosen({ row: at, column })}
                      title={cell.present ? valueText(cell.value) : 'not there'}
                    >
                      {!cell.present ? (
                        <span class="absent">—</span>
                      ) : row.path === '' ? (
                        'there'
                      ) : (
                        <button type="button" class="value-link" tabIndex={-1} onClick={() => void locate(matrix.environments[column]!, row.object, row.path)}>
                          {valueText(cell.value)}
                        </button>
                      )}
                    </span>
                  ))}
                </div>
              )
            })}
          </div>
        </div>
      )}
    </>
  )
}
