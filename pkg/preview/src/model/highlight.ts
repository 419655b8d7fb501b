// Colours for rendered YAML: one style of writing, so one line is nearly enough to know what stands in it.

export type Kind = 'key' | 'string' | 'number' | 'word' | 'mark' | 'block' | 'hidden' | 'plain'

export interface Piece {
  kind: Kind
  text: string
}

const ENTRY = /^(\s*)((?:- )*)((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s'"#:][^:]*?(?::[^\s:][^:]*?)*))(:)(\s+|$)(.*)$/
const ITEM = /^(\s*)((?:- )+|-)(.*)$/
const HIDDEN = '•••'

/** Takes a line apart. */
export function pieces(line: string, insideBlock: boolean): Piece[] {
  if (insideBlock) return [{ kind: line.includes(HIDDEN) ? 'hidden' : 'block', text: line }]
  const entry = ENTRY.exec(line)
  if (entry !== null) {
    const [, indent, dashes, key, colon, space, rest] = entry as unknown as [string, string, string, string, string, string, string]
    return joined([
      { kind: 'plain', text: indent },
      { kind: 'mark', text: dashes },
      { kind: 'key', text: key },
      { kind: 'mark', text: colon + space },
      { kind: valueKind(rest), text: rest },
    ])
  }
  const item = ITEM.exec(line)
  if (item !== null) {
    const [, indent, dashes, rest] = item as unknown as [string, string, string, string]
    return joined([
      { kind: 'plain', text: indent },
      { kind: 'mark', text: dashes },
      { kind: valueKind(rest), text: rest },
    ])
  }
  return [{ kind: valueKind(line.trim()), text: line }]
}

function joined(list: Piece[]): Piece[] {
  return list.filter(({ text }) => text !== '')
}

function valueKind(value: string): Kind {
  if (value.includes(HIDDEN)) return 'hidden'
  if (/^[|>][-+0-9]*$/.test(value) || value === '{}' || value === '[]') return 'mark'
  if (/^(true|false|null|~)$/.test(value)) return 'word'
  if (/^[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value)) return 'number'
  return 'string'
}

/** For each line, whether it is inside a block text (`|`, `>`). */
export function blockLines(lines: string[]): boolean[] {
  const inside: boolean[] = []
  let indent = -1
  for (const line of lines) {
    const own = line.length - line.trimStart().length
    if (indent >= 0 && (line.trim() === '' || own > indent)) {
      inside.push(true)
      continue
    }
    inside.push(false)
    indent = /(^|[\s:-])[|>][-+0-9]*$/.test(line) && /(: |- )[|>][-+0-9]*$/.test(line) ? own : -1
  }
  return inside
}
