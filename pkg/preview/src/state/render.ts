// Builds the target whenever a file or the choice changes. A later change overtakes an earlier one.
import { batch, effect, untracked } from '@preact/signals'
import { answer, ask, built, buildingSince, lastGood, revision, showSecrets, target } from './project'

export function startRendering(): void {
  effect(() => {
    void revision.value
    const wanted = target.value
    const secrets = showSecrets.value
    if (wanted === null) return
    untracked(() => void render(wanted, secrets))
  })
}

async function render(wanted: string, secrets: boolean): Promise<void> {
  const since = performance.now()
  buildingSince.value = since
  const result = await answer(ask('build', [wanted, secrets], 'build'))
  if (buildingSince.value === since) buildingSince.value = null
  if (result === undefined) return
  batch(() => {
    built.value = result
    if (result.ok) lastGood.value = result
    else if (lastGood.value?.target !== wanted) lastGood.value = null
  })
}
