// The project: its environments, what they are built on, and its files.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { ancestors, treeRows, type TreeRow } from '../model/tree'
import { built, changedPaths, compared, files, openPath, parts, roots, secretFiles, select, show, target, toggleCompared } from '../state/project'
import { Icon } from './icons'
import { useVirtual } from './useVirtual'

const ROW = 24

/** Directories that were opened or closed by hand. */
const unfolded = signal<ReadonlyMap<string, boolean>>(new Map())
const cursor = signal<string | null>(null)

export function Sidebar(): JSX.Element {
  return (
    <nav class="side" aria-label="Project" data-pane="files">
      <Environments />
      <Files />
    </nav>
  )
}

function Environments(): JSX.Element {
  const all = roots.value
  const others = parts.value
  const many = all.length > 1
  return (
    <section class="environments" aria-labelledby="environments-title">
      <header>
        <h2 id="environments-title">Environments</h2>
        {many && <span class="side-note">compare</span>}
      </header>
      {all.length === 0 ? (
        <p class="side-empty">No kustomization was found: a directory with a kustomization.yaml.</p>
      ) : (
        <ul>
          {all.map(({ path, label, place }) => (
            <li key={path}>
              <button type="button" class="environment" aria-current={path === target.value ? 'true' : undefined} title={path} onClick={() => select(path)}>
                <span class="environment-name">{label === '.' ? 'whole project' : label}</span>
                <span class="environment-place">{place}</span>
                {path === target.value && built.value !== null && !built.value.ok && <span class="error" title="cannot be rendered"><Icon name="error" size={14} /></span>}
              </button>
              {many && <input type="checkbox" aria-label={`Compare ${label}`} checked={compared.value.includes(path)} onChange={() => toggleCompared(path)} />}
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <details>
          <summary>
            Bases and components <span class="muted">{others.length}</span>
          </summary>
          <ul>
            {others.map(({ path, kind }) => (
              <li key={path}>
                <button type="button" class="environment" aria-current={path === target.value ? 'true' : undefined} title={`${path} (${kind ?? 'not understood'})`} onClick={() => select(path)}>
                  <span class="environment-name">{path}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Files(): JSX.Element {
  const all = files.value
  const path = openPath.value
  const folds = unfolded.value
  const above = useMemo(() => new Set(path === null ? [] : ancestors(path)), [path])
  const few = all.size <= 60
  useEffect(() => {
    if (path === null) return
    const now = new Map(unfolded.value)
    for (const each of ancestors(path)) now.set(each, true)
    unfolded.value = now
  }, [path])
  const rows = useMemo(() => treeRows(all.keys(), (each) => folds.get(each) ?? (few || above.has(each))), [all, folds, few, above])
  const virtual = useVirtual(rows.length, ROW)
  const changed = new Set(changedPaths.value)
  const faulty = new Map<string, 'error' | 'warning'>()
  for (const { location, severity } of built.value?.diagnostics ?? []) {
    if (location !== null && faulty.get(location.path) !== 'error') faulty.set(location.path, severity)
  }
  const current = cursor.value ?? path
  const at = rows.findIndex((row) => row.path === current)
  useEffect(() => {
    const row = rows.findIndex((each) => each.path === path)
    if (row >= 0) virtual.scrollTo(row)
  }, [path])

  const fold = (row: TreeRow, open: boolean) => (unfolded.value = new Map(unfolded.value).set(row.path, open))
  const act = (row: TreeRow) => {
    cursor.value = row.path
    if (row.directory) fold(row, !row.open)
    else show(row.path)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const row = rows[at]
    const go = (to: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, to))]
      if (next === undefined) return
      cursor.value = next.path
      virtual.scrollTo(rows.indexOf(next))
    }
    if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(rows.length - 1)
    else if (event.key === 'ArrowRight' && row?.directory) {
      if (row.open) go(at + 1)
      else fold(row, true)
    } else if (event.key === 'ArrowLeft' && row !== undefined) {
      if (row.directory && row.open) fold(row, false)
      else go(rows.findIndex((each) => each.path === ancestors(row.path).at(-1)))
    } else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined) act(row)
    else return
    event.preventDefault()
  }

  return (
    <section class="files" aria-labelledby="files-title">
      <header>
        <h2 id="files-title">Files</h2>
        <span class="side-note">{changed.size > 0 ? `${changed.size} changed` : all.size}</span>
      </header>
      <div
        class="tree"
        ref={virtual.ref}
        role="tree"
        tabIndex={0}
        aria-labelledby="files-title"
        aria-activedescendant={at >= 0 ? `file-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: `${virtual.height}px` }} role="presentation">
          {rows.slice(virtual.first, virtual.last).map((row, index) => {
            const position = virtual.first + index
            const mark = faulty.get(row.path)
            return (
              <div
                key={row.path}
                id={`file-${position}`}
                class="tree-row"
                role="treeitem"
                aria-level={row.depth + 1}
                aria-expanded={row.directory ? row.open : undefined}
                aria-selected={row.path === path}
                data-cursor={row.path === current || undefined}
                data-kind={row.directory ? 'directory' : /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(row.path) ? 'kustomization' : 'file'}
                style={{ top: `${position * ROW}px`, paddingLeft: `${10 + row.depth * 12}px` }}
                title={row.path}
                onClick={() => act(row)}
              >
                {row.directory ? <span class="tree-fold" data-open={row.open || undefined}><Icon name="chevron" size={12} /></span> : <span class="tree-fold" />}
                <span class="tree-name">{row.name}</span>
                {secretFiles.value.has(row.path) && <span class="tree-sign" title="holds values of Secrets"><Icon name="lock" size={12} /><span class="hidden-text">holds values of Secrets</span></span>}
                {changed.has(row.path) && <span class="tree-sign changed" title="changed">●<span class="hidden-text">changed</span></span>}
                {mark !== undefined && <span class={`tree-sign ${mark}`} title={mark}><Icon name={mark} size={12} /><span class="hidden-text">{mark}</span></span>}
              </div>
            )
          })}
        </div>
      </div>
    </section>
  )
}
