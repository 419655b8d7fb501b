// Starts the page.
import { render } from 'preact'
import examples from 'virtual:examples'
import { isServed } from './live/client'
import { startLive } from './live/state'
import { openFragment } from './state/opening'
import { startRendering } from './state/render'
import { startTheme } from './state/theme'
import { App } from './ui/App'

startTheme()
startRendering()
render(<App />, document.getElementById('app')!)
void openFragment(location.hash, examples).then((isOpen) => {
  if (isServed()) startLive(!isOpen)
})
addEventListener('hashchange', () => void openFragment(location.hash, examples))
