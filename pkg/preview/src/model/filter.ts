// Which objects are shown.

export interface Filter {
  kind: string
  /** Words that the name, the namespace or the kind must hold. */
  name: string
  /** Words that the text must hold. */
  text: string
}

export const NO_FILTER: Filter = { kind: '', name: '', text: '' }

export interface Filtered {
  kind: string
  name: string
  namespace: string | null
}

export function isOff(filter: Filter): boolean {
  return filter.kind === '' && filter.name.trim() === '' && filter.text.trim() === ''
}

function words(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== '')
}

/** Whether an object is called what is looked for. */
export function nameMatches(object: Filtered, filter: Filter): boolean {
  if (filter.kind !== '' && object.kind !== filter.kind) return false
  const called = `${object.kind}/${object.name} ${object.namespace ?? ''}`.toLowerCase()
  return words(filter.name).every((word) => called.includes(word))
}

/** The indexes of the objects that are left. */
export function matching(objects: Filtered[], filter: Filter, textOf: (index: number) => string): number[] {
  const texts = words(filter.text)
  const left: number[] = []
  objects.forEach((object, index) => {
    if (!nameMatches(object, filter)) return
    if (texts.length > 0) {
      const text = textOf(index).toLowerCase()
      if (!texts.every((word) => text.includes(word))) return
    }
    left.push(index)
  })
  return left
}

/** Kinds with how often they occur, in the order of the alphabet. */
export function kinds(objects: { kind: string }[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((one, other) => (one.kind < other.kind ? -1 : 1))
}
