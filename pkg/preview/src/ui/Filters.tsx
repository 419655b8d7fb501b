// The filter above lists of objects. One for all views.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { NO_FILTER, isOff, type Filter } from '../model/filter'
import { Icon } from './icons'

export const filter = signal<Filter>(NO_FILTER)

export function Filters({ kinds, shown, all, what }: { kinds: { kind: string; count: number }[]; shown: number; all: number; what: string }): JSX.Element {
  const now = filter.value
  const set = (part: Partial<Filter>) => (filter.value = { ...filter.value, ...part })
  return (
    <form class="filters" role="search" aria-label="Filter objects" onSubmit={(event) => event.preventDefault()}>
      <select aria-label="Kind" value={now.kind} onChange={(event) => set({ kind: event.currentTarget.value })}>
        <option value="">All kinds</option>
        {kinds.map(({ kind, count }) => (
          <option key={kind} value={kind}>
            {kind} ({count})
          </option>
        ))}
        {now.kind !== '' && !kinds.some(({ kind }) => kind === now.kind) && <option value={now.kind}>{now.kind} (0)</option>}
      </select>
      <input id="filter-name" type="search" aria-label="Name" placeholder="Name" value={now.name} onInput={(event) => set({ name: event.currentTarget.value })} />
      <input type="search" aria-label="Text" placeholder="Text" value={now.text} onInput={(event) => set({ text: event.currentTarget.value })} />
      <span class="filters-count" role="status" data-all={shown === all || undefined}>
        {shown === all ? all.toLocaleString('en') : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')}`} {what}
      </span>
      {!isOff(now) && (
        <button type="button" class="button quiet small" aria-label="Clear the filter" onClick={() => (filter.value = NO_FILTER)}>
          <Icon name="close" size={12} />
        </button>
      )}
    </form>
  )
}
