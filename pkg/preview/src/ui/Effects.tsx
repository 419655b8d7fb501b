// What an edit does to each environment: objects, fields, old and new values, and what deserves a second look.
import type { JSX } from 'preact'
import type { DiffResult, ObjectDiff } from 'rustomize'
import type { Effect } from '../engine/operations'
import { valueText } from '../model/fields'
import { jump, labelOf } from '../state/project'
import { Icon } from './icons'

/** More than this per environment is counted, not listed. */
const SHOWN = 40

export function Effects({ effects }: { effects: Effect[] }): JSX.Element {
  const changed = effects.filter(({ diff, wasBroken }) => (diff.ok ? diff.objects.length > 0 : !wasBroken))
  const broken = effects.filter(({ wasBroken }) => wasBroken)
  const same = effects.filter(({ diff }) => diff.ok && diff.objects.length === 0)
  return (
    <ul class="effects">
      {changed.map(({ target, diff }) => (
        <li key={target}>
          <h3 class="effect-name" title={target}>
            {labelOf(target)} {diff.ok && <span class="muted">{summary(diff)}</span>}
          </h3>
          {!diff.ok ? (
            <ul class="messages">
              {diff.diagnostics
                .filter(({ severity }) => severity === 'error')
                .slice(0, 5)
                .map(({ message }, at) => (
                  <li key={at} class="error">
                    <Icon name="error" size={14} /> {message}
                  </li>
                ))}
            </ul>
          ) : (
            <ul class="plain">
              {diff.objects.slice(0, SHOWN).map((object, at) => (
                <ObjectEffect key={at} object={object} />
              ))}
              {diff.objects.length > SHOWN && <li class="muted">and {diff.objects.length - SHOWN} more objects</li>}
            </ul>
          )}
        </li>
      ))}
      {same.length > 0 && (
        <li data-empty>
          <span class="muted">no change in {same.map(({ target }) => labelOf(target)).join(', ')}</span>
        </li>
      )}
      {broken.length > 0 && (
        <li data-empty>
          <span class="muted">cannot be rendered, as before: {broken.map(({ target }) => labelOf(target)).join(', ')}</span>
        </li>
      )}
    </ul>
  )
}

function summary({ summary: { changed, renamed, added, removed } }: DiffResult): string {
  const parts = [
    [changed + renamed, 'changed'],
    [added, 'added'],
    [removed, 'removed'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

function ObjectEffect({ object }: { object: ObjectDiff }): JSX.Element {
  const named = (object.new ?? object.old)!
  return (
    <li class="effect-object">
      <span class="object-kind">{named.kind}</span> {named.name}
      {object.status !== 'changed' && <span class={object.status === 'renamed' ? 'changed' : object.status}> {object.status}</span>}
      {object.risks.map((risk, at) => (
        <p key={at} class={risk.severity === 'high' ? 'risk error' : 'risk warning'}>
          <Icon name="warning" size={12} /> {risk.message}
        </p>
      ))}
      {(object.status === 'changed' || object.status === 'renamed') && (
        <ul class="plain effect-fields">
          {object.changes.map((change, at) => {
            const place = change.newLocation ?? change.oldLocation
            return (
              <li key={at}>
                <button type="button" class="value-link" disabled={place === null} title={place === null ? '' : `${place.path}:${place.line}`} onClick={() => jump(place)}>
                  <code class="muted">{change.path}</code>
                </button>
                <span class="effect-values">
                  {change.action !== 'added' && <code class="removed">{valueText(change.old)}</code>}
                  {change.action !== 'added' && change.action !== 'removed' && <Icon name="arrow" size={12} />}
                  {change.action !== 'removed' ? <code class="added">{valueText(change.new)}</code> : <span class="removed"> removed</span>}
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </li>
  )
}
