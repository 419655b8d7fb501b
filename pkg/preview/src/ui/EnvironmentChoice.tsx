// Which environments are laid side by side.
import type { ComponentChildren, JSX } from 'preact'
import { compared, roots, toggleCompared } from '../state/project'

export function EnvironmentChoice({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <div class="choice">
      <fieldset>
        <legend class="hidden-text">Environments to compare</legend>
        {roots.value.map(({ path, label }) => (
          <label key={path} class="chip" title={path}>
            <input type="checkbox" checked={compared.value.includes(path)} onChange={() => toggleCompared(path)} />
            {label}
          </label>
        ))}
      </fieldset>
      {children}
    </div>
  )
}
