// Values of Secrets in source files: which ranges are covered, and texts that leave them out.

export interface Range {
  from: number
  to: number
}

const DOT = '•'

/** The ranges in which a text differs from its redacted form (one dot for each character). */
export function masks(text: string, redacted: string): Range[] {
  const ranges: Range[] = []
  let at = 0
  let other = 0
  let from = -1
  const end = () => {
    if (from >= 0) ranges.push({ from, to: at })
    from = -1
  }
  while (at < text.length) {
    const code = text.codePointAt(at)!
    const length = code > 0xffff ? 2 : 1
    if (redacted.startsWith(String.fromCodePoint(code), other) && !(from >= 0 && redacted[other] === DOT)) {
      end()
      other += length
    } else {
      if (from < 0) from = at
      other += 1
    }
    at += length
  }
  end()
  return ranges
}

/** A text with something else in the ranges. */
export function replaced(text: string, ranges: Range[], by: string): string {
  let out = ''
  let at = 0
  for (const { from, to } of ranges) {
    out += text.slice(at, from) + by
    at = to
  }
  return out + text.slice(at)
}
