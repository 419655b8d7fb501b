// Starts the page.
import { render } from 'preact'
import examples from 'virtual:examples'
import { isServed } from './live/client'
import { startLive } from './live/state'
import { openFragment } from './state/opening'
import { changedPaths } from './state/project'
import { startRendering } from './state/render'
import { startTheme } from './state/theme'
import { App } from './ui/App'

/** Loads what may be wanted later, so that the page asks for nothing once it is there. */
async function fetchAhead(): Promise<void> {
  await import('./ui/editor')
  for (const example of examples) await example.load()
}

startTheme()
startRendering()
render(<App />, document.getElementById('app')!)
void openFragment(location.hash, examples)
  .then((isOpen) => {
    if (isServed()) startLive(!isOpen)
  })
  .then(fetchAhead)
addEventListener('beforeunload', (event) => {
  if (changedPaths.value.length > 0) event.preventDefault()
})
addEventListener('hashchange', () => void openFragment(location.hash, examples))
