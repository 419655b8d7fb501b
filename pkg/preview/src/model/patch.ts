// Changes of files as a unified diff that `git apply` and `patch -p1` take.

const CONTEXT = 3

type Edit = { kind: ' ' | '-' | '+'; line: string }

/** One file's part; empty if nothing differs. `null` is a file that is not there. */
export function filePatch(path: string, before: string | null, after: string | null): string {
  if (before === after) return ''
  const edits = lineEdits(linesOf(before ?? ''), linesOf(after ?? ''))
  const head = [
    `diff --git a/${path} b/${path}`,
    ...(before === null ? ['new file mode 100644'] : []),
    ...(after === null ? ['deleted file mode 100644'] : []),
    `--- ${before === null ? '/dev/null' : `a/${path}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${path}`}`,
  ]
  return `${[...head, ...hunks(edits)].join('\n')}\n`
}

/** Lines with their ends: the last one may have none. */
function linesOf(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
}

/** The shortest way from one list of lines to another (Myers), after what is the same at both ends. */
export function lineEdits(before: string[], after: string[]): Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const same = (lines: string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }))
  return [
    ...same(before.slice(0, start)),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

function shortest(before: string[], after: string[]): Edit[] {
  const whole = (): Edit[] => [
    ...before.map((line): Edit => ({ kind: '-', line })),
    ...after.map((line): Edit => ({ kind: '+', line })),
  ]
  if (before.length === 0 || after.length === 0) return whole()
  const limit = Math.min(before.length + after.length, 2000)
  const offset = limit + 1
  let furthest = new Int32Array(2 * limit + 3)
  const history: Int32Array[] = []
  for (let depth = 0; depth <= limit; depth += 1) {
    history.push(furthest.slice())
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      const down =
        diagonal === -depth || (diagonal !== depth && furthest[offset + diagonal - 1]! < furthest[offset + diagonal + 1]!)
      let x = down ? furthest[offset + diagonal + 1]! : furthest[offset + diagonal - 1]! + 1
      let y = x - diagonal
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1
        y += 1
      }
      furthest[offset + diagonal] = x
      if (x >= before.length && y >= after.length) return walkBack(before, after, history, offset)
    }
  }
  // Too different to be worth the search.
  return whole()
}

function walkBack(before: string[], after: string[], history: Int32Array[], offset: number): Edit[] {
  const edits: Edit[] = []
  let x = before.length
  let y = after.length
  for (let depth = history.length - 1; depth >= 0; depth -= 1) {
    const furthest = history[depth]!
    const diagonal = x - y
    const down =
      diagonal === -depth || (diagonal !== depth && furthest[offset + diagonal - 1]! < furthest[offset + diagonal + 1]!)
    const from = down ? diagonal + 1 : diagonal - 1
    const startX = depth === 0 ? 0 : furthest[offset + from]!
    const startY = depth === 0 ? 0 : startX - from
    while (x > startX && y > startY && x > 0 && y > 0 && before[x - 1] === after[y - 1]) {
      x -= 1
      y -= 1
      edits.push({ kind: ' ', line: before[x]! })
    }
    if (depth === 0) break
    if (down) edits.push({ kind: '+', line: after[--y]! })
    else edits.push({ kind: '-', line: before[--x]! })
  }
  return edits.reverse()
}

function hunks(edits: Edit[]): string[] {
  const lines: string[] = []
  let oldLine = 0
  let newLine = 0
  const positions = edits.map((edit) => {
    const position = { oldLine, newLine }
    if (edit.kind !== '+') oldLine += 1
    if (edit.kind !== '-') newLine += 1
    return position
  })
  let at = 0
  while (at < edits.length) {
    while (at < edits.length && edits[at]!.kind === ' ') at += 1
    if (at === edits.length) break
    const from = Math.max(0, at - CONTEXT)
    let to = at
    let last = at
    while (to < edits.length && to - last <= 2 * CONTEXT) {
      if (edits[to]!.kind !== ' ') last = to
      to += 1
    }
    to = Math.min(edits.length, last + 1 + CONTEXT)
    const part = edits.slice(from, to)
    const oldCount = part.filter(({ kind }) => kind !== '+').length
    const newCount = part.filter(({ kind }) => kind !== '-').length
    const { oldLine: oldStart, newLine: newStart } = positions[from]!
    lines.push(`@@ -${range(oldStart, oldCount)} +${range(newStart, newCount)} @@`)
    for (const { kind, line } of part) {
      if (line.endsWith('\n')) lines.push(kind + line.slice(0, -1))
      else lines.push(kind + line, '\\ No newline at end of file')
    }
    at = to
  }
  return lines
}

function range(start: number, count: number): string {
  const first = count === 0 ? start : start + 1
  return count === 1 ? `${first}` : `${first},${count}`
}
