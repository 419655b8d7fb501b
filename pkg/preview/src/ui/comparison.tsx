// What the views that lay environments side by side have in common.
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Diagnostic } from 'rustomize'
import { answer, labelOf, revision, showSecrets } from '../state/project'
import { Nothing } from './parts'

/** The answer about two or more environments, asked for again when they, a file or what is shown of secrets change. */
export function useComparison<T>(targets: string[], asked: () => Promise<T>): T | null {
  const [answered, setAnswered] = useState<T | null>(null)
  const key = targets.join('\n')
  useEffect(() => {
    if (targets.length < 2) return setAnswered(null)
    void answer(asked()).then((result) => {
      if (result !== undefined) setAnswered(result)
    })
  }, [key, revision.value, showSecrets.value])
  return answered
}

/** What is said while fewer than two environments are chosen. */
export function TooFew({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <Nothing icon="layers" title="Choose two or more environments">
      <p>{children}</p>
    </Nothing>
  )
}

/** The first errors of environments that cannot be rendered, each once. */
export function NotRendered({ diagnostics }: { diagnostics: Diagnostic[] }): JSX.Element {
  const messages = [...new Set(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message))]
  return (
    <Nothing icon="error" title="An environment cannot be rendered, so it cannot be compared">
      <ul class="plain">
        {messages.slice(0, 5).map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </Nothing>
  )
}

/** The heads of columns that are environments. */
export function Heads({ of }: { of: string[] }): JSX.Element {
  return (
    <>
      {of.map((path) => (
        <th key={path} scope="col" title={path}>
          {labelOf(path)}
        </th>
      ))}
    </>
  )
}
