// The frame: bar, panes, status, and what lies above them for a while.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import examples from 'virtual:examples'
import { folder as served, isShown, live, openFolder } from '../live/state'
import { openDrop, openExample } from '../state/opening'
import {
  buildingSince,
  built,
  changedPaths,
  close,
  engineFailure,
  labelOf,
  lastGood,
  leaving,
  mayLeave,
  notice,
  opened,
  opening,
  pane,
  restartEngine,
  revision,
  roots,
  secretFiles,
  select,
  showSecrets,
  target,
  view,
  type Pane,
  type View,
} from '../state/project'
import { isDark, toggleTheme } from '../state/theme'
import { Changes } from './Changes'
import { Compare } from './Compare'
import { changesPatch, copy, copyRendered, download, downloadAll, downloadRendered } from './exits'
import { Help } from './Help'
import { Icon, Mark } from './icons'
import { Images } from './Images'
import { MatrixView } from './MatrixView'
import { Dialog, Menu, Splitter } from './parts'
import { Rendered } from './Rendered'
import { Share } from './Share'
import { Sidebar } from './Sidebar'
import { Source } from './Source'
import { Inputs, Welcome } from './Welcome'

const VIEWS: { id: View; label: string }[] = [
  { id: 'rendered', label: 'Rendered' },
  { id: 'compare', label: 'Compare' },
  { id: 'matrix', label: 'Matrix' },
  { id: 'images', label: 'Images' },
  { id: 'changes', label: 'Changes' },
]

const PANES: { id: Pane; label: string }[] = [
  { id: 'files', label: 'Project' },
  { id: 'source', label: 'Source' },
  { id: 'result', label: 'Result' },
]

const above = signal<'share' | 'help' | null>(null)

export function App(): JSX.Element {
  const [over, setOver] = useState(false)
  useKeys()
  return (
    <div
      class="app"
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => event.relatedTarget === null && setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (event.dataTransfer !== null) void openDrop(event.dataTransfer)
      }}
    >
      <Bar />
      {engineFailure.value !== null && <EngineFailure message={engineFailure.value} />}
      {opened.value === null ? <Welcome /> : <Panes />}
      {opened.value !== null && <Status />}
      {opened.value !== null && <PaneTabs />}
      {opening.value !== null && <Opening />}
      {over && (
        <div class="drop-over" aria-hidden="true">
          <p>Drop to open</p>
        </div>
      )}
      {above.value === 'share' && <Share onClose={() => (above.value = null)} />}
      {leaving.value !== null && <Leaving answer={leaving.value} />}
      {above.value === 'help' && <Help onClose={() => (above.value = null)} />}
      <div class="notices" role="status" aria-live="polite">
        {notice.value !== null && (
          <p class={`notice ${notice.value.kind}`}>
            <Icon name={notice.value.kind === 'error' ? 'error' : 'check'} size={14} />
            {notice.value.text}
          </p>
        )}
      </div>
    </div>
  )
}

function Bar(): JSX.Element {
  const folder = useRef<HTMLInputElement>(null)
  const zip = useRef<HTMLInputElement>(null)
  const project = opened.value
  const hasSecrets = built.value?.redacted === true || secretFiles.value.size > 0
  return (
    <header class="bar">
      <a
        class="brand"
        href="#"
        aria-label="rustomize preview, start"
        onClick={(event) => {
          event.preventDefault()
          void mayLeave().then((may) => {
            if (!may) return
            history.replaceState(null, '', location.pathname + location.search)
            close()
          })
        }}
      >
        <Mark />
        <span class="wide">
          rustomize <span class="muted">preview</span>
        </span>
      </a>
      {project !== null && (
        <>
          <span class="bar-slash" aria-hidden="true">
            /
          </span>
          <h1 class="project-name" title={project.name}>
            {project.name}
          </h1>
        </>
      )}
      <span class="space" />
      {project !== null && (
        <>
          {hasSecrets && (
            <button
              type="button"
              class="button secrets"
              aria-label={showSecrets.value ? 'Secrets shown' : 'Show Secrets'}
              aria-pressed={showSecrets.value}
              title={showSecrets.value ? 'Values of Secrets are shown, copied and downloaded' : 'Values of Secrets are hidden, also in what is copied and downloaded'}
              onClick={() => (showSecrets.value = !showSecrets.value)}
            >
              <Icon name={showSecrets.value ? 'eye' : 'lock'} />
              <span class="wide">{showSecrets.value ? 'Secrets shown' : 'Show Secrets'}</span>
            </button>
          )}
          <Menu
            label="Open"
            icon="open"
            items={[
              { label: 'Folder…', icon: 'folder', run: () => folder.current?.click() },
              { label: 'Zip…', icon: 'file', run: () => zip.current?.click() },
              ...(served.value === null ? [] : [{ label: served.value, hint: 'as it is on the disk', icon: 'folder' as const, run: () => void openFolder() }]),
              'line',
              ...examples.map((example) => ({ label: example.title, hint: 'example', run: () => void openExample(example) })),
            ]}
          />
          <Inputs folder={folder} zip={zip} />
          <Menu
            label="Export"
            icon="download"
            items={[
              { label: 'Copy rendered YAML', icon: 'copy', hint: target.value === null ? undefined : labelOf(target.value), disabled: !built.value?.ok, run: copyRendered },
              { label: 'Download rendered YAML', icon: 'download', disabled: !built.value?.ok, run: downloadRendered },
              { label: 'Download all environments', icon: 'layers', hint: `zip, ${roots.value.length}`, disabled: roots.value.length === 0, run: () => void downloadAll() },
              'line',
              { label: 'Copy changes as patch', icon: 'copy', hint: fileCount(), disabled: changedPaths.value.length === 0, run: () => void changesPatch().then((patch) => copy(patch, 'Patch copied')) },
              {
                label: 'Download changes as patch',
                icon: 'download',
                disabled: changedPaths.value.length === 0,
                run: () => void changesPatch().then((patch) => download(`${project.name}.patch`, patch, 'text/x-diff')),
              },
            ]}
          />
          <button type="button" class="button" onClick={() => (above.value = 'share')} aria-label="Share by link">
            <Icon name="share" />
            <span class="wide">Share</span>
          </button>
        </>
      )}
      <button type="button" class="button quiet" aria-label={isDark() ? 'Light colours' : 'Dark colours'} onClick={toggleTheme}>
        <Icon name={isDark() ? 'sun' : 'moon'} />
      </button>
      <button type="button" class="button quiet" aria-label="Help and keys" onClick={() => (above.value = 'help')}>
        <Icon name="help" />
      </button>
    </header>
  )
}

function fileCount(): string | undefined {
  const { length } = changedPaths.value
  return length === 0 ? undefined : `${length} ${length === 1 ? 'file' : 'files'}`
}

function Panes(): JSX.Element {
  const [side, setSide] = useState(236)
  const [source, setSource] = useState(() => Math.max(320, Math.min(620, Math.round((innerWidth - 236) * 0.4))))
  return (
    <main class="panes" data-show={pane.value} style={{ '--side': `${side}px`, '--source': `${source}px` }}>
      <Sidebar />
      <Splitter label="Width of the project pane" value={side} min={160} max={420} onChange={setSide} />
      <Source />
      <Splitter label="Width of the source pane" value={source} min={240} max={1200} onChange={setSource} />
      <Result />
    </main>
  )
}

function Result(): JSX.Element {
  const now = view.value
  const tabs = useRef<HTMLDivElement>(null)
  return (
    <section class="result" aria-label="Result" data-pane="result">
      <header class="result-head">
        <div
          class="tabs"
          role="tablist"
          aria-label="Views"
          ref={tabs}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
            if (by === 0) return
            event.preventDefault()
            const at = (VIEWS.findIndex(({ id }) => id === now) + by + VIEWS.length) % VIEWS.length
            view.value = VIEWS[at]!.id
            tabs.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
          }}
        >
          {VIEWS.map(({ id, label }) => (
            <button
              key={id}
              id={`tab-${id}`}
              type="button"
              role="tab"
              aria-selected={now === id}
              aria-controls="view"
              tabIndex={now === id ? 0 : -1}
              onClick={() => (view.value = id)}
            >
              {label}
              {id === 'changes' && changedPaths.value.length > 0 && <span class="tab-count">{changedPaths.value.length}</span>}
            </button>
          ))}
        </div>
        {now === 'rendered' && <TargetChoice />}
      </header>
      <div id="view" class="view" role="tabpanel" aria-labelledby={`tab-${now}`} data-stale={(now === 'rendered' && built.value?.ok === false) || undefined}>
        {now === 'rendered' && <Rendered />}
        {now === 'compare' && <Compare />}
        {now === 'matrix' && <MatrixView />}
        {now === 'images' && <Images />}
        {now === 'changes' && <Changes />}
      </div>
    </section>
  )
}

function TargetChoice(): JSX.Element {
  const all = roots.value
  const isRoot = all.some(({ path }) => path === target.value)
  return (
    <select class="target" aria-label="Environment" value={target.value ?? ''} onChange={(event) => select(event.currentTarget.value)}>
      {all.map(({ path, label }) => (
        <option key={path} value={path}>
          {label}
        </option>
      ))}
      {!isRoot && target.value !== null && <option value={target.value}>{target.value}</option>}
    </select>
  )
}

function Status(): JSX.Element {
  const result = built.value
  const since = buildingSince.value
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (since === null) return
    const timer = setTimeout(() => setSlow(true), 1500)
    return () => clearTimeout(timer)
  }, [since])
  void revision.value
  return (
    <footer class="status-bar">
      <span role="status" class="status-now">
        {slow ? (
          <>
            <span class="busy-dot" aria-hidden="true" /> Rendering…
            <button type="button" class="button quiet small" onClick={restartEngine}>
              Cancel
            </button>
          </>
        ) : result === null ? (
          since !== null ? (
            'Rendering…'
          ) : (
            <>
              Not rendered
              <button type="button" class="button quiet small" onClick={() => (revision.value += 1)}>
                Render
              </button>
            </>
          )
        ) : result.ok ? (
          <>
            <span class="ok" aria-hidden="true">
              ●
            </span>{' '}
            {labelOf(result.target)} · {result.resources.length.toLocaleString('en')} {result.resources.length === 1 ? 'object' : 'objects'} · {milliseconds(result.time)}
          </>
        ) : (
          <>
            <span class="error" aria-hidden="true">
              ●
            </span>{' '}
            {labelOf(result.target)} cannot be rendered{view.value === 'rendered' && lastGood.value !== null ? '; the last result is shown' : ''}
          </>
        )}
      </span>
      <span class="space" />
      {live.value === null ? (
              <span class="status-safe" title="The security policy of this page forbids any connection">
          <Icon name="lock" size={12} /> <span class="status-words">nothing leaves this tab</span>
        </span>
      ) : (
        <LiveState />
      )}
    </footer>
  )
}

/** Where the page comes from the program: whether it is in step with the disk. */
function LiveState(): JSX.Element {
  const isLost = live.value === 'lost'
  const isFollowed = isShown()
  return (
    <span
      class="status-safe"
      role="status"
      title={isLost ? 'The program that serves this page does not answer' : 'The page asks nobody but the program on this machine, which only reads'}
    >
      <Icon name={isLost ? 'warning' : 'lock'} size={12} />{' '}
      {isLost ? 'no longer follows the disk' : isFollowed ? 'follows the disk; nothing leaves this machine' : 'nothing leaves this machine'}
    </span>
  )
}

function milliseconds(time: number): string {
  return time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`
}

function PaneTabs(): JSX.Element {
  return (
    <nav class="pane-tabs" aria-label="Panes">
      {PANES.map(({ id, label }) => (
        <button key={id} type="button" aria-current={pane.value === id ? 'true' : undefined} onClick={() => (pane.value = id)}>
          {label}
        </button>
      ))}
    </nav>
  )
}

function Opening(): JSX.Element {
  const { what, done, total, cancel } = opening.value!
  return (
    <div class="opening" role="alertdialog" aria-label={what}>
      <div class="opening-box">
        <p>
          {what}… {done > 0 && <span class="muted">{done.toLocaleString('en')} {total !== null && `of ${total.toLocaleString('en')}`} files</span>}
        </p>
        <progress aria-label={what} {...(total === null ? {} : { value: done, max: total })} />
        <button type="button" class="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </div>
  )
}

/** Changes would be lost. */
function Leaving({ answer }: { answer: (is: boolean) => void }): JSX.Element {
  const { length } = changedPaths.value
  return (
    <Dialog title="Leave the changes behind?" onClose={() => answer(false)}>
      <p>
        {length === 1 ? 'One file was' : `${length} files were`} changed here, and only here. Opening something else discards that.
      </p>
      <div class="dialog-exits">
        <button type="button" class="button" onClick={() => void changesPatch().then((patch) => download(`${opened.value?.name ?? 'changes'}.patch`, patch, 'text/x-diff'))}>
          <Icon name="download" /> Download the patch
        </button>
        <span class="space" />
        <button type="button" class="button" onClick={() => answer(false)}>
          Stay
        </button>
        <button type="button" class="button accent" onClick={() => answer(true)}>
          Discard
        </button>
      </div>
    </Dialog>
  )
}

function EngineFailure({ message }: { message: string }): JSX.Element {
  return (
    <div class="failure" role="alert">
      <Icon name="error" />
      <span>
        The engine could not be started: {message}. It needs WebAssembly and module workers, which all current browsers have.
      </span>
      <button type="button" class="button small" onClick={restartEngine}>
        Try again
      </button>
    </div>
  )
}

/** Keys that work everywhere. */
function useKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (opened.value === null || above.value !== null) {
        if (event.key === '?' && above.value === null && !isTyping(event)) above.value = 'help'
        return
      }
      if (event.altKey && !event.ctrlKey && !event.metaKey && /^[1-5]$/.test(event.key)) {
        event.preventDefault()
        view.value = VIEWS[Number(event.key) - 1]!.id
        pane.value = 'result'
      } else if (event.key === 'F6') {
        event.preventDefault()
        focusNextPane(event.shiftKey ? -1 : 1)
      } else if (event.key === '/' && !isTyping(event)) {
        const field = document.getElementById('filter-name')
        if (field !== null) {
          event.preventDefault()
          field.focus()
        }
      } else if (event.key === '?' && !isTyping(event)) above.value = 'help'
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function isTyping(event: KeyboardEvent): boolean {
  const element = event.composedPath()[0]
  return element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName))
}

/** What takes the focus in each pane. */
const STOPS: Record<Pane, string> = { files: '.tree', source: '.editor', result: '[role=tab][aria-selected=true]' }

function focusNextPane(by: number): void {
  const order = PANES.map(({ id }) => id)
  const now = (document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane ?? 'result') as Pane
  const next = order[(order.indexOf(now) + by + order.length) % order.length]!
  pane.value = next
  requestAnimationFrame(() => {
    const stop = document.querySelector<HTMLElement>(STOPS[next])
    const inner = stop?.shadowRoot?.querySelector<HTMLElement>('.cm-content') ?? stop
    inner?.focus()
  })
}
