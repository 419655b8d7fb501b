// Where a value comes from: the steps that made it, oldest first, each with a way to its place.
import type { Directive, Explanation, Location, Step } from 'rustomize'
import type { JSX } from 'preact'
import { valueText } from '../model/fields'
import { jump } from '../state/project'
import { Icon } from './icons'

export function placeText(place: Pick<Location, 'path' | 'line'>): string {
  return place.line === null ? place.path : `${place.path}:${place.line}`
}

export function directiveText({ field, index }: Directive): string {
  return index === null ? field : `${field}[${index}]`
}

const ACTIONS: Record<Step['action'], string> = { read: 'read', set: 'set', kept: 'kept as it was', removed: 'removed' }

/** The panel below the manifests. */
export function Origin({ line, onClose }: { line: Explanation | null; onClose: () => void }): JSX.Element {
  return (
    <section class="origin" aria-label="Where the line comes from" aria-live="polite">
      {line === null ? (
        <p class="origin-hint">
          Choose a line to see which files wrote it. Lines with a bar at the left are written by this environment itself; all others come from what it is
          built on.
        </p>
      ) : (
        <>
          <header>
            <code class="origin-field" title={line.field}>
              {line.field === '' ? 'the object' : line.field}
            </code>
            <button type="button" class="button quiet small" aria-label="Close the origin of the line" onClick={onClose}>
              <Icon name="close" size={12} />
            </button>
          </header>
          {line.steps.length === 0 ? (
            <p class="origin-hint">This line holds others; each of them says who wrote it.</p>
          ) : (
            <ol class="steps">
              {line.steps.map((step, at) => (
                <li key={at} data-last={at === line.steps.length - 1 || undefined}>
                  <button
                    type="button"
                    class="step"
                    disabled={(step.location ?? step.directive?.location ?? null) === null}
                    onClick={() => jump(step.location ?? step.directive?.location ?? null)}
                  >
                    <span class="step-place">{step.location === null ? 'made by the build' : placeText(step.location)}</span>
                    <span class="step-action">
                      {step.directive === null ? ACTIONS[step.action] : directiveText(step.directive)}
                      {step.through !== null && ` via ${directiveText(step.through)}`}
                    </span>
                    {step.action === 'removed' ? (
                      <span class="step-value gone">removed</span>
                    ) : (
                      step.value !== null && <code class="step-value">{valueText(step.value)}</code>
                    )}
                  </button>
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </section>
  )
}
