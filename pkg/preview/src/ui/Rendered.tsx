// The rendered manifests: the objects, their lines with who wrote each, and the steps behind the chosen one.
import { signal, useComputed, useSignalEffect } from '@preact/signals'
import type { BuildResult, Explanation, LineOrigin } from 'rustomize'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { kinds, matching } from '../model/filter'
import { blockLines, pieces } from '../model/highlight'
import { layOut, lineAt, lineStarts, rowAt, rowCount, type Segment } from '../model/lines'
import { answer, ask, buildingSince, built, jump, lastGood, showSecrets, target } from '../state/project'
import { Filters, filter } from './Filters'
import { Origin, directiveText, placeText } from './Origin'
import { Icon } from './icons'
import { Busy, Nothing } from './parts'
import { Problem } from './Source'
import { useVirtual } from './useVirtual'

const ROW = 18
const ITEM = 24

/** The chosen line: an object and a line in it, from 1. */
interface Chosen {
  key: string
  line: number
}

const chosen = signal<Chosen | null>(null)
const explanation = signal<{ of: Chosen; told: Explanation } | null>(null)

export function Rendered(): JSX.Element {
  const result = lastGood.value
  if (built.value === null && result === null) {
    if (buildingSince.value !== null) return <Busy label="Rendering…" />
    return (
      <Nothing title="Rendering was cancelled">
        <p>Any change of a file renders anew.</p>
      </Nothing>
    )
  }
  if (result === null) {
    return (
      <div class="cannot">
        <h2>
          <Icon name="error" /> This environment cannot be rendered
        </h2>
        <ul>
          {(built.value?.diagnostics ?? [])
            .filter(({ severity }) => severity === 'error')
            .slice(0, 20)
            .map((problem, at) => (
              <Problem key={at} problem={problem} />
            ))}
        </ul>
      </div>
    )
  }
  if (result.resources.length === 0) {
    return (
      <Nothing icon="layers" title="Nothing is rendered">
        <p>The kustomization builds, but no object comes of it.</p>
      </Nothing>
    )
  }
  return <Output result={result} />
}

function Output({ result }: { result: BuildResult }): JSX.Element {
  const { text, resources } = result
  const starts = useMemo(() => lineStarts(text), [text])
  const now = filter.value
  const shown = useMemo(
    () => matching(resources, now, (index) => text.slice(resources[index]!.from, resources[index]!.to)),
    [resources, text, now],
  )
  const segments = useMemo(() => layOut(resources, shown), [resources, shown])
  const allKinds = useMemo(() => kinds(resources), [resources])
  const [top, setTop] = useState(0)
  const goTo = useRef<(resource: number) => void>(() => {})
  useExplanation()

  return (
    <div class="rendered">
      <Filters kinds={allKinds} shown={shown.length} all={resources.length} what={resources.length === 1 ? 'object' : 'objects'} />
      <div class="rendered-body">
        <Outline result={result} segments={segments} current={top} onGo={(index) => goTo.current(index)} />
        {segments.length === 0 ? (
          <Nothing title="No object matches the filter" />
        ) : (
          <Lines result={result} starts={starts} segments={segments} onTop={setTop} goTo={goTo} />
        )}
      </div>
      <Origin
        line={explanation.value?.told ?? null}
        onClose={() => {
          chosen.value = null
          explanation.value = null
        }}
      />
    </div>
  )
}

/** Asks who made the chosen line what it is, again after each build. */
function useExplanation(): void {
  useSignalEffect(() => {
    const of = chosen.value
    const result = lastGood.value
    const secrets = showSecrets.value
    if (of === null || result === null) return
    if (!result.resources.some(({ key }) => key === of.key)) return
    void answer(ask('explain', [result.target, of.key, of.line, secrets], 'explain')).then((told) => {
      if (told?.ok) explanation.value = { of, told }
    })
  })
  useEffect(() => () => void (chosen.value = explanation.value = null), [target.value])
}

type OutlineRow = { kind: string; count: number } | { segment: Segment }

/** Neighbours of one kind stand below it. */
function outlineRows(result: BuildResult, segments: Segment[]): OutlineRow[] {
  const rows: OutlineRow[] = []
  let group = { kind: '', count: 0 }
  for (const segment of segments) {
    const { kind } = result.resources[segment.resource]!
    if (group.kind !== kind) rows.push((group = { kind, count: 0 }))
    group.count += 1
    rows.push({ segment })
  }
  return rows
}

function Outline({ result, segments, current, onGo }: { result: BuildResult; segments: Segment[]; current: number; onGo: (resource: number) => void }): JSX.Element {
  const all = useMemo(() => outlineRows(result, segments), [result, segments])
  const virtual = useVirtual(all.length, ITEM)
  const at = useMemo(() => all.findIndex((row) => 'segment' in row && row.segment.resource === current), [all, current])
  useEffect(() => {
    if (at >= 0) virtual.scrollTo(at)
  }, [at])
  return (
    <nav class="outline" aria-label="Objects">
      <div class="outline-scroll" ref={virtual.ref} tabIndex={-1}>
        <ul style={{ height: `${virtual.height}px` }}>
          {all.slice(virtual.first, virtual.last).map((row, index) => {
            const top = `${(virtual.first + index) * ITEM}px`
            if (!('segment' in row)) {
              return (
                <li key={`kind ${virtual.first + index}`} class="outline-kind" style={{ top }}>
                  {row.kind} <span>{row.count}</span>
                </li>
              )
            }
            const object = result.resources[row.segment.resource]!
            return (
              <li key={object.key} style={{ top }}>
                <button
                  type="button"
                  class="outline-item"
                  aria-current={virtual.first + index === at ? 'true' : undefined}
                  title={`${object.kind} ${object.name}${object.namespace === null ? '' : ` in ${object.namespace}`}`}
                  onClick={() => onGo(row.segment.resource)}
                >
                  {object.name}
                </button>
              </li>
            )
          })}
        </ul>
      </div>
    </nav>
  )
}

interface DrawnLine {
  origin: LineOrigin | null
  near: boolean
  isChosen: boolean
  line: JSX.Element
}

type LinesCache = Map<string, (LineOrigin | null)[] | 'asked'>

function Lines({
  result,
  starts,
  segments,
  onTop,
  goTo,
}: {
  result: BuildResult
  starts: Uint32Array
  segments: Segment[]
  onTop: (resource: number) => void
  goTo: { current: (resource: number) => void }
}): JSX.Element {
  const { text, resources } = result
  const count = rowCount(segments)
  const virtual = useVirtual(count, ROW)
  const [hovered, setHovered] = useState<number | null>(null)
  const [, redraw] = useState(0)
  const origins = useMemo<LinesCache>(() => new Map(), [result])
  const blocks = useMemo(() => new Map<number, boolean[]>(), [result])
  // What was drawn and is the same is not looked at again while it scrolls.
  const drawn = useMemo(() => new Map<number, DrawnLine>(), [result, segments])
  const chosenRow = useComputed(() => {
    const now = chosen.value
    if (now === null) return -1
    const segment = segments.find(({ resource }) => resources[resource]!.key === now.key)
    return segment === undefined || now.line > segment.lineCount ? -1 : segment.row + now.line
  })
  chosenRow.value

  goTo.current = (resource) => {
    const segment = segments.find((each) => each.resource === resource)
    if (segment !== undefined) virtual.scrollTo(segment.row, 'start')
  }

  const choose = (row: number, leave: boolean) => {
    const found = rowAt(segments, row)
    if (found === undefined || found.line === null) return
    const { key } = resources[found.segment.resource]!
    const line = row - found.segment.row
    chosen.value = { key, line }
    const known = origins.get(key)
    const origin = Array.isArray(known) ? known[line - 1] : null
    if (origin?.location) jump(origin.location, leave)
  }

  // Asks who wrote the lines that are in view.
  const inView: Segment[] = []
  {
    const first = rowAt(segments, virtual.first)
    let at = first === undefined ? -1 : first.segment.index
    while (at >= 0 && at < segments.length && segments[at]!.row < virtual.last) inView.push(segments[at++]!)
  }
  const wanted = inView.map(({ resource }) => resources[resource]!.key).join('\n')
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const key of wanted.split('\n')) {
        if (key === '' || origins.has(key)) continue
        origins.set(key, 'asked')
        void answer(ask('lines', [result.target, key, showSecrets.value])).then((told) => {
          if (told === undefined) origins.delete(key)
          else origins.set(key, told.lines)
          redraw((before) => before + 1)
        })
      }
    }, 60)
    return () => clearTimeout(timer)
  }, [wanted, origins])

  const topRow = Math.max(0, Math.floor((virtual.ref.current?.scrollTop ?? 0) / ROW))
  const top = rowAt(segments, Math.min(topRow + 1, count - 1))?.segment.resource ?? 0
  useEffect(() => onTop(top), [top])

  const rows = []
  for (let row = virtual.first; row < virtual.last; row += 1) {
    const found = rowAt(segments, row)
    if (found === undefined) continue
    const { segment, line } = found
    const object = resources[segment.resource]!
    if (line === null) {
      rows.push(
        <div key={row} class="object-bar" style={{ top: `${row * ROW}px` }} role="presentation">
          <span class="object-kind">{object.kind}</span> {object.name}
          {object.namespace !== null && <span class="object-namespace">{object.namespace}</span>}
        </div>,
      )
      continue
    }
    let inside = blocks.get(segment.resource)
    if (inside === undefined) {
      inside = blockLines(text.slice(object.from, object.to).split('\n'))
      blocks.set(segment.resource, inside)
    }
    const known = origins.get(object.key)
    const origin = Array.isArray(known) ? (known[line - segment.line] ?? null) : null
    const near = row === hovered
    const isChosen = row === chosenRow.value
    const before = drawn.get(row)
    if (before !== undefined && before.origin === origin && !before.near && !near && before.isChosen === isChosen) {
      rows.push(before.line)
      continue
    }
    const drawnLine = (
      <Line
        key={row}
        row={row}
        count={count}
        number={line + 1}
        text={lineAt(text, starts, line)}
        inside={inside[line - segment.line] ?? false}
        origin={origin}
        near={near}
        width={virtual.ref.current?.clientWidth ?? 0}
        isChosen={isChosen}
        ofTarget={origin?.location !== undefined && origin.location !== null && writtenBy(origin, result.target)}
      />
    )
    if (drawn.size > 2000) drawn.clear()
    drawn.set(row, { origin, near, isChosen, line: drawnLine })
    rows.push(drawnLine)
  }

  const rowOf = (event: MouseEvent): number | null => {
    const line = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')
    return line === null ? null : Number(line.dataset.row)
  }

  return (
    <div
      class="lines"
      ref={virtual.ref}
      role="listbox"
      tabIndex={0}
      aria-label="Rendered manifests"
      aria-activedescendant={chosenRow.value >= 0 ? `line-${chosenRow.value}` : undefined}
      onMouseMove={(event) => setHovered(rowOf(event))}
      onMouseLeave={() => setHovered(null)}
      onClick={(event) => {
        if (getSelection()?.type === 'Range') return
        const row = rowOf(event)
        if (row !== null) choose(row, matchMedia('(max-width: 899px)').matches && (event.target as HTMLElement).closest('.line-origin') !== null)
      }}
      onDblClick={(event) => {
        const row = rowOf(event)
        if (row !== null) choose(row, true)
      }}
      onKeyDown={(event) => {
        const at = chosenRow.value >= 0 ? chosenRow.value : topRow
        const page = Math.max(1, Math.floor((virtual.ref.current?.clientHeight ?? 0) / ROW) - 2)
        const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count }
        const step = steps[event.key]
        if (step !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
          event.preventDefault()
          let to = Math.max(1, Math.min(count - 1, at + step))
          // Bars are stepped over.
          if (rowAt(segments, to)?.line === null) to += step > 0 ? 1 : -1
          if (to < 1 || to > count - 1) return
          choose(to, false)
          virtual.scrollTo(to)
        } else if (event.key === 'Enter' && chosenRow.value >= 0) {
          event.preventDefault()
          choose(chosenRow.value, true)
        }
      }}
    >
      <div class="lines-all" style={{ height: `${virtual.height}px` }}>
        {rows}
      </div>
    </div>
  )
}

/** Whether the target's own directory, rather than a base or a component, wrote a line. */
function writtenBy(origin: LineOrigin, path: string): boolean {
  const file = origin.directive?.location.path ?? origin.location?.path ?? ''
  return path === '.' ? !file.includes('/') : file.startsWith(`${path}/`)
}

/** Whether a line has room for its text and its origin beside each other. */
function fits(text: string, { location, directive }: LineOrigin, width: number): boolean {
  const tag = (location === null ? '' : placeText(location)) + (directive === null ? '' : directiveText(directive))
  return 52 + text.length * 7.3 + 40 + tag.length * 6.8 < width
}

function Line({
  row,
  count,
  number,
  text,
  inside,
  origin,
  near,
  width,
  isChosen,
  ofTarget,
}: {
  row: number
  count: number
  number: number
  text: string
  inside: boolean
  origin: LineOrigin | null
  near: boolean
  /** Of what is seen, in pixels. */
  width: number
  isChosen: boolean
  ofTarget: boolean
}): JSX.Element {
  return (
    <div
      id={`line-${row}`}
      class="line"
      data-row={row}
      data-own={ofTarget || undefined}
      style={{ top: `${row * ROW}px` }}
      role="option"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={row + 1}
    >
      <span class="line-number" aria-hidden="true">
        {number}
      </span>
      <span class="line-text">
        {pieces(text, inside).map((piece, at) => (
          <span key={at} class={`t-${piece.kind}`}>
            {piece.text}
          </span>
        ))}
      </span>
      {near && origin?.location && (
        <span class="line-origin" data-below={!fits(text, origin, width) || undefined}>
          {placeText(origin.location)}
          {origin.directive !== null && <span class="line-directive"> {directiveText(origin.directive)}</span>}
        </span>
      )}
    </div>
  )
}
