// Keys, and what the page is.
import type { JSX } from 'preact'
import { Dialog } from './parts'

const KEYS: [string, string][] = [
  ['Alt 1 … 5', 'Rendered, Compare, Matrix, Images, Changes'],
  ['F6, Shift F6', 'next pane, pane before'],
  ['/', 'filter by name'],
  ['↑ ↓ PgUp PgDn Home End', 'move in the manifests, in lists, in the matrix (with ← →) and in the tree'],
  ['Enter', 'on a line of the manifests or a value of the matrix: go to its source'],
  ['Ctrl F', 'in the source: search and replace'],
  ['Esc, then Tab', 'leave the editor'],
  ['?', 'this list'],
]

export function Help({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Help and keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        The engine is the one of the command line, compiled for the browser. It reads only the files that you opened: no remote base is fetched, and no
        program, plugin or chart is run.
      </p>
    </Dialog>
  )
}
