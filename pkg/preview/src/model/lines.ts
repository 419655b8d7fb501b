// A text as lines, without a string for each.

/** Where lines begin; line 0 at 0. */
export function lineStarts(text: string): Uint32Array {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  const starts = new Uint32Array(count)
  let line = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts[++line] = at + 1
  return starts
}

/** The text of a line (from 0), without its end. */
export function lineAt(text: string, starts: Uint32Array, line: number): string {
  const from = starts[line] ?? text.length
  const next = starts[line + 1]
  return text.slice(from, next === undefined ? text.length : next - 1)
}

/** A slice of an output: the lines of the objects that are shown, each with a bar above it. */
export interface Segment {
  /** Its place among the segments. */
  index: number
  /** Index into the objects. */
  resource: number
  /** The row of the bar; its lines follow. */
  row: number
  /** The first line in the text, from 0. */
  line: number
  lineCount: number
}

export interface Row {
  segment: Segment
  /** The line in the text, from 0; `null` for the bar. */
  line: number | null
}

/** Lays the lines of objects below each other. */
export function layOut(resources: { line: number; lineCount: number }[], shown: number[]): Segment[] {
  const segments: Segment[] = []
  let row = 0
  for (const index of shown) {
    const resource = resources[index]!
    segments.push({ index: segments.length, resource: index, row, line: resource.line - 1, lineCount: resource.lineCount })
    row += resource.lineCount + 1
  }
  return segments
}

export function rowCount(segments: Segment[]): number {
  const last = segments.at(-1)
  return last === undefined ? 0 : last.row + last.lineCount + 1
}

/** What stands in a row. */
export function rowAt(segments: Segment[], row: number): Row | undefined {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (segments[middle]!.row <= row) low = middle
    else high = middle - 1
  }
  const segment = segments[low]
  if (segment === undefined || row < segment.row || row > segment.row + segment.lineCount) return undefined
  return { segment, line: row === segment.row ? null : segment.line + row - segment.row - 1 }
}
