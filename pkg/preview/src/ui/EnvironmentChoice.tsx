// Which environments are laid side by side: those that are, each with a way to take it out, and the others to add.
import type { ComponentChildren, JSX } from 'preact'
import { compared, labelOf, roots, toggleCompared } from '../state/project'
import { Icon } from './icons'

export function EnvironmentChoice({ children }: { children?: ComponentChildren }): JSX.Element {
  const others = roots.value.filter(({ path }) => !compared.value.includes(path))
  return (
    <div class="choice">
      <ul class="chips" aria-label="Environments that are compared">
        {compared.value.map((path) => (
          <li key={path} class="chip" title={path}>
            {labelOf(path)}
            <button type="button" aria-label={`Leave out ${labelOf(path)}`} onClick={() => toggleCompared(path)}>
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <select
          class="chip-add"
          aria-label="Add an environment"
          value=""
          onChange={(event) => {
            const { value } = event.currentTarget
            event.currentTarget.value = ''
            if (value !== '') toggleCompared(value)
          }}
        >
          <option value="">Add…</option>
          {others.map(({ path, label }) => (
            <option key={path} value={path}>
              {label}
            </option>
          ))}
        </select>
      )}
      <span class="space" />
      {children}
    </div>
  )
}
