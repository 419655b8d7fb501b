// Starts the page.
import { render } from 'preact'
import examples from 'virtual:examples'
import { openFragment } from './state/opening'
import { startRendering } from './state/render'
import { startTheme } from './state/theme'
import { App } from './ui/App'

startTheme()
startRendering()
render(<App />, document.getElementById('app')!)
void openFragment(location.hash, examples)
addEventListener('hashchange', () => void openFragment(location.hash, examples))
