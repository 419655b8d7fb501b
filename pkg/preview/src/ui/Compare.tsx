// Environments side by side: which objects differ, and in which fields.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { DiffResult } from 'rustomize'
import { compareRows, totals, type Cell, type ObjectRow, type Side } from '../model/compare'
import { valueText } from '../model/fields'
import { kinds, matching } from '../model/filter'
import { ask, compared, jump, labelOf, roots, showSecrets } from '../state/project'
import { Heads, NotRendered, TooFew, useComparison } from './comparison'
import { EnvironmentChoice } from './EnvironmentChoice'
import { Filters, filter } from './Filters'
import { Busy, Nothing } from './parts'
import { useVirtual } from './useVirtual'

const ROW = 28

interface Comparison {
  of: string[]
  diffs: DiffResult[]
}

const baseline = signal<string | null>(null)

/** The chosen environments, the one to compare with first. */
function ordered(): string[] {
  const all = compared.value
  const first = all.includes(baseline.value ?? '') ? baseline.value! : all[0]
  return first === undefined ? [] : [first, ...all.filter((path) => path !== first)]
}

export function Compare(): JSX.Element {
  const targets = ordered()
  const comparison = useComparison<Comparison>(targets, async () => ({ of: targets, diffs: await ask('diffs', [targets, showSecrets.value], 'compare') }))

  return (
    <div class="compare">
      <EnvironmentChoice>
        {targets.length >= 2 && (
          <label class="inline">
            against
            <select aria-label="Compare against" value={targets[0]} onChange={(event) => (baseline.value = event.currentTarget.value)}>
              {compared.value.map((path) => (
                <option key={path} value={path}>
                  {labelOf(path)}
                </option>
              ))}
            </select>
          </label>
        )}
      </EnvironmentChoice>
      {targets.length < 2 ? (
        <TooFew>
          {roots.value.length < 2
            ? 'This project has one environment only: a directory that no other kustomization uses.'
            : 'Add them above. The first is what the others are compared with.'}
        </TooFew>
      ) : comparison === null ? (
        <Busy label="Comparing…" />
      ) : (
        <Table comparison={comparison} />
      )}
    </div>
  )
}

function Table({ comparison: { of, diffs } }: { comparison: Comparison }): JSX.Element {
  const rows = useMemo(() => compareRows(diffs), [diffs])
  const now = filter.value
  const shown = useMemo(
    () => matching(rows, now, (index) => fieldsText(rows[index]!)).map((index) => rows[index]!),
    [rows, now],
  )
  const [chosen, setChosen] = useState<string | null>(null)
  const virtual = useVirtual(shown.length, ROW)
  const current = shown.find(({ key }) => key === chosen) ?? shown[0] ?? null
  const sum = useMemo(() => totals(rows), [rows])
  const failed = diffs.filter(({ ok }) => !ok)

  if (failed.length > 0) return <NotRendered diagnostics={failed.flatMap(({ diagnostics }) => diagnostics)} />
  if (rows.length === 0) {
    return (
      <Nothing icon="check" title="No differences">
        <p>{of.map(labelOf).join(', ')} render the same objects.</p>
      </Nothing>
    )
  }

  const columns = { gridTemplateColumns: `minmax(140px, 1fr) repeat(${diffs.length}, minmax(72px, 110px))` }
  const move = (by: number) => {
    const at = Math.max(0, Math.min(shown.length - 1, shown.indexOf(current!) + by))
    setChosen(shown[at]?.key ?? null)
    virtual.scrollTo(at)
  }

  return (
    <>
      <Filters kinds={kinds(rows)} shown={shown.length} all={rows.length} what={rows.length === 1 ? 'object differs' : 'objects differ'} />
      <p class="totals">
        <span class="changed">≠ {sum.changed} changed</span>
        <span class="added">+ {sum.added} added</span>
        <span class="removed">− {sum.removed} removed</span>
        <span class="equal">{diffs.length === 1 ? `${diffs[0]!.summary.equal} equal` : ''}</span>
      </p>
      <div class="compare-body">
        <div class="object-table">
          <div class="object-head" style={columns} aria-hidden="true">
            <span>Object</span>
            {of.slice(1).map((path) => (
              <span key={path} title={path}>
                {labelOf(path)}
              </span>
            ))}
          </div>
          <div
            class="object-scroll"
            ref={virtual.ref}
            role="listbox"
            tabIndex={0}
            aria-label="Objects that differ"
            aria-activedescendant={current === null ? undefined : `object-${shown.indexOf(current)}`}
            onKeyDown={(event) => {
              const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -shown.length, End: shown.length }
              const step = steps[event.key]
              if (step === undefined || event.altKey) return
              event.preventDefault()
              move(step)
            }}
          >
            <div style={{ height: `${virtual.height}px` }} role="presentation">
              {shown.slice(virtual.first, virtual.last).map((row, index) => {
                const at = virtual.first + index
                return (
                  <div
                    key={row.key}
                    id={`object-${at}`}
                    class="object-row"
                    role="option"
                    aria-selected={row === current}
                    aria-setsize={shown.length}
                    aria-posinset={at + 1}
                    style={{ top: `${at * ROW}px`, ...columns }}
                    onClick={() => setChosen(row.key)}
                  >
                    <span class="object-called" title={`${row.kind} ${row.name}`}>
                      <span class="object-kind">{row.kind}</span> {row.name}
                    </span>
                    {row.cells.map((cell, column) => (
                      <Status key={column} cell={cell} environment={labelOf(of[column + 1]!)} />
                    ))}
                  </div>
                )
              })}
            </div>
          </div>
        </div>
        {current === null ? <Nothing title="No object matches the filter" /> : <Fields row={current} of={of} />}
      </div>
    </>
  )
}

function fieldsText(row: ObjectRow): string {
  return row.fields.map(({ path, sides }) => `${path} ${sides.map(({ value }) => valueText(value)).join(' ')}`).join('\n')
}

function Status({ cell, environment }: { cell: Cell; environment: string }): JSX.Element {
  if (cell.status === 'equal') {
    return (
      <span class="status equal">
        <span aria-hidden="true">=</span>
        <span class="hidden-text">the same in {environment}</span>
      </span>
    )
  }
  if (cell.status === 'added' || cell.status === 'removed') {
    return (
      <span class={`status ${cell.status}`}>
        {cell.status === 'added' ? '+ added' : '− absent'}
        <span class="hidden-text"> in {environment}</span>
      </span>
    )
  }
  return (
    <span class="status changed">
      ≠ {cell.fields} {cell.fields === 1 ? 'field' : 'fields'}
      <span class="hidden-text"> in {environment}</span>
    </span>
  )
}

function Fields({ row, of }: { row: ObjectRow; of: string[] }): JSX.Element {
  return (
    <section class="fields" aria-label={`Fields of ${row.kind} ${row.name}`}>
      <h2>
        <span class="object-kind">{row.kind}</span> {row.name}
      </h2>
      <div class="fields-scroll" tabIndex={0} role="group" aria-label="Fields that differ">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <Heads of={of} />
            </tr>
          </thead>
          <tbody>
            {row.fields.map((field) => (
              <tr key={field.path}>
                <th scope="row">
                  <code>{field.path === '' ? '(the object)' : field.path}</code>
                </th>
                {field.sides.map((side, at) => (
                  <ValueCell key={at} side={side} first={field.sides[0]!} isFirst={at === 0} whole={field.path === ''} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function ValueCell({ side, first, isFirst, whole }: { side: Side; first: Side; isFirst: boolean; whole: boolean }): JSX.Element {
  const same = isFirst || (side.present === first.present && JSON.stringify(side.value) === JSON.stringify(first.value))
  const status = same ? '' : !first.present ? 'added' : !side.present ? 'removed' : 'changed'
  if (!side.present) return <td class={`value ${status}`}><span class="absent" aria-label="not there">—</span></td>
  const { location } = side
  const text = whole ? 'there' : valueText(side.value)
  return (
    <td class={`value ${status}`}>
      {location === null ? (
        <code>{text}</code>
      ) : (
        <button type="button" class="value-link" title={`${location.path}:${location.line}${location.directive === null ? '' : ` ${location.directive}`}`} onClick={() => jump(location)}>
          <code>{text}</code>
        </button>
      )}
    </td>
  )
}
