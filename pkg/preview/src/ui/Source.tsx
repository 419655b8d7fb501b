// The source: one file in the editor, and what the build has to say.
import { signal, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Diagnostic } from 'rustomize'
import { masks } from '../model/masks'
import { answer, ask, built, changedPaths, files, jump, opened, openPath, reveal, revision, secretFiles, showSecrets, write } from '../state/project'
import type { SourceEditor } from './editor'
import { placeText } from './Origin'
import { Icon } from './icons'
import { Nothing } from './parts'

const failed = signal(false)

export function Source(): JSX.Element {
  const path = openPath.value
  const text = path === null ? undefined : files.value.get(path)
  return (
    <section class="source" aria-label="Source" data-pane="source">
      <header class="source-head">
        {path === null ? <span class="muted">No file</span> : <PathName path={path} />}
        {path !== null && changedPaths.value.includes(path) && <span class="badge">changed</span>}
        {path !== null && secretFiles.value.has(path) && !showSecrets.value && (
          <span class="badge" title="Values of Secrets are covered in the editor, too">
            <Icon name="lock" size={12} /> hidden
          </span>
        )}
      </header>
      <div class="source-body">
        <EditorHost />
        {path === null && <Nothing title="Choose a file" />}
        {path !== null && text === undefined && <Nothing title="This file was removed" />}
        {text instanceof Uint8Array && <Nothing title="This file is no text" />}
        {failed.value && <Nothing icon="error" title="The editor could not be loaded" />}
      </div>
      <Problems />
    </section>
  )
}

function PathName({ path }: { path: string }): JSX.Element {
  const slash = path.lastIndexOf('/') + 1
  return (
    <h2 class="path" title={path}>
      <span class="path-place">
        <bdi>{path.slice(0, slash)}</bdi>
      </span>
      <span class="path-name">{path.slice(slash)}</span>
    </h2>
  )
}

function EditorHost(): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const loaded = useSignal<SourceEditor | null>(null)
  const mayLoad = built.value !== null
  useEffect(() => {
    // What is rendered is shown first.
    if (!mayLoad) return
    let gone = false
    const load = () =>
      import('./editor').then(
        ({ SourceEditor: Editor }) => {
          if (!gone && host.current !== null) loaded.value ??= new Editor(host.current, write)
        },
        () => (failed.value = true),
      )
    const frame = requestAnimationFrame(() => setTimeout(load))
    return () => {
      gone = true
      cancelAnimationFrame(frame)
    }
  }, [mayLoad])

  useSignalEffect(() => {
    void opened.value
    loaded.value?.reset()
  })

  // The text, with covers where values of Secrets stand.
  useSignalEffect(() => {
    const path = openPath.value
    const text = path === null ? undefined : files.value.get(path)
    const hide = !showSecrets.value
    const editor = loaded.value
    void opened.value
    if (editor === null || path === null || typeof text !== 'string') return
    if (!hide) {
      editor.show(path, text, [])
      mark(editor, path)
      follow(editor)
      return
    }
    void answer(ask('redacted', [path], 'cover')).then((redacted) => {
      // Without an answer nothing is shown: it could be a value of a Secret.
      if (redacted === undefined || openPath.peek() !== path || files.peek().get(path) !== text) return
      editor.show(path, text, redacted === text ? [] : masks(text, redacted))
      mark(editor, path)
      follow(editor)
    })
  })
  useSignalEffect(() => {
    const path = openPath.value
    const editor = loaded.value
    void built.value
    if (editor !== null && path !== null && editor.path === path) mark(editor, path)
  })
  useSignalEffect(() => {
    const editor = loaded.value
    void reveal.value
    if (editor !== null) follow(editor)
  })

  const shows = openPath.value !== null && typeof files.value.get(openPath.value) === 'string'
  return <div class="editor" ref={host} hidden={!shows} />
}

/** Goes to the place that was asked for, once its file is shown. */
function follow(editor: SourceEditor): void {
  const place = reveal.peek()
  if (place === null || editor.path !== place.path) return
  editor.reveal(place.line, place.column, place.focus)
  reveal.value = null
}

function mark(editor: SourceEditor, path: string): void {
  const problems = (built.peek()?.diagnostics ?? []).filter(({ location }) => location?.path === path)
  editor.mark(
    problems.map(({ location, severity, message, help }) => ({
      from: location?.from ?? 0,
      to: location?.to ?? location?.from ?? 0,
      severity,
      message,
      help,
    })),
  )
}

function Problems(): JSX.Element {
  const problems = built.value?.diagnostics ?? []
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const [open, setOpen] = useState(false)
  // Errors show themselves, warnings wait.
  useEffect(() => setOpen(errors > 0), [errors > 0])
  void revision.value
  return (
    <section class="problems" aria-label="Problems" data-state={errors > 0 ? 'error' : problems.length > 0 ? 'warning' : 'fine'}>
      <button type="button" class="problems-head" aria-expanded={open} disabled={problems.length === 0} onClick={() => setOpen(!open)}>
        <Icon name={errors > 0 ? 'error' : problems.length > 0 ? 'warning' : 'check'} size={14} />
        <span role="status">
          {problems.length === 0
            ? 'No problems'
            : [errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : '', problems.length > errors ? `${problems.length - errors} ${problems.length - errors === 1 ? 'warning' : 'warnings'}` : '']
                .filter((part) => part !== '')
                .join(', ')}
        </span>
        {problems.length > 0 && <span class="problems-fold" data-open={open || undefined}><Icon name="chevron" size={12} /></span>}
      </button>
      {open && problems.length > 0 && (
        <ul>
          {problems.map((problem, at) => (
            <Problem key={at} problem={problem} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** Errors that the command line has a flag against, and a page has not. */
const NEEDS_PROGRAMS = new Set(['helm-disabled', 'plugin-disabled'])
const NO_PROGRAMS = 'A page runs no programs, so this environment can only be rendered on the command line'

export function Problem({ problem: { severity, message, location, help, notes, chain, code } }: { problem: Diagnostic }): JSX.Element {
  return (
    <li class="problem">
      <button type="button" disabled={location === null || location.line === null} onClick={() => jump(location)}>
        <span class={severity}>
          <Icon name={severity} size={14} />
          <span class="hidden-text">{severity}: </span>
        </span>
        <span class="problem-text">
          <span>{message}</span>
          {[...notes, ...(NEEDS_PROGRAMS.has(code) ? [NO_PROGRAMS] : help)].map((line) => (
            <span key={line} class="problem-help">
              {line}
            </span>
          ))}
          <span class="problem-place">
            {location !== null && placeText(location)} <span class="problem-code">{code}</span>
            {chain.length > 1 && <> · from {chain.slice(0, -1).map(placeText).join(' → ')}</>}
          </span>
        </span>
      </button>
    </li>
  )
}
