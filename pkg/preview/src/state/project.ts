// What is open: the files, the environments, and what is shown of them. Views read signals; actions write them.
import { batch, computed, signal } from '@preact/signals'
import type { BuildResult, Content, EditResult, Kustomization, Location } from 'rustomize'
import { Engine, Stale } from '../engine/client'
import { choice, environments, inOrder, keepParts, type Environment } from '../model/environments'

export type View = 'rendered' | 'compare' | 'matrix' | 'images' | 'changes'
/** What a narrow screen shows. */
export type Pane = 'files' | 'source' | 'result'

export interface Opened {
  name: string
  /** As they were opened: what a patch is against. */
  originals: Map<string, Content>
}

export const opened = signal<Opened | null>(null)
export const files = signal<ReadonlyMap<string, Content>>(new Map())
/** Grows with every change of a file: what is derived from files is derived from this. */
export const revision = signal(0)
export const kustomizations = signal<Kustomization[]>([])
export const secretFiles = signal<ReadonlySet<string>>(new Set())
export const target = signal<string | null>(null)
export const compared = signal<string[]>([])
export const openPath = signal<string | null>(null)
export const reveal = signal<{ path: string; line: number; column: number; focus: boolean } | null>(null)
export const showSecrets = signal(false)
export const view = signal<View>('rendered')
export const pane = signal<Pane>('result')

export const built = signal<BuildResult | null>(null)
/** The last output of the target that could be built, which stays in view while a file is broken. */
export const lastGood = signal<BuildResult | null>(null)
export const buildingSince = signal<number | null>(null)
export const engineFailure = signal<string | null>(null)
export const notice = signal<{ text: string; kind: 'done' | 'error' } | null>(null)
/** Somebody wants to open something else while there are changes; told whether they may go. */
export const leaving = signal<((is: boolean) => void) | null>(null)
/** A folder or a zip on its way in. */
export const opening = signal<{ what: string; done: number; total: number | null; cancel: () => void } | null>(null)

export const roots = computed<Environment[]>(() =>
  environments(inOrder(kustomizations.value.filter(({ isRoot }) => isRoot).map(({ path }) => path))),
)
export const parts = computed(() => kustomizations.value.filter(({ isRoot }) => !isRoot))
export const labels = computed(() => new Map(roots.value.map(({ path, label }) => [path, label])))
export const changedPaths = computed(() => {
  const before = opened.value?.originals ?? new Map<string, Content>()
  const now = files.value
  const changed = [...now].filter(([path, text]) => before.get(path) !== text).map(([path]) => path)
  return [...changed, ...[...before.keys()].filter((path) => !now.has(path))].sort()
})

export function labelOf(path: string): string {
  return labels.value.get(path) ?? path
}

// The engine

let engine = startEngine()

function startEngine(): Engine {
  const started = new Engine((message) => (engineFailure.value = message))
  started.ask('start', []).catch((error: Error) => {
    if (!(error instanceof Stale)) engineFailure.value = error.message
  })
  return started
}

export const ask: Engine['ask'] = (name, args, lane = null) => engine.ask(name, args, lane)

/** Ends what the engine does, and begins it anew with the files as they are. */
export function restartEngine(): void {
  engine.end()
  engineFailure.value = null
  buildingSince.value = null
  engine = startEngine()
  void engine.ask('open', [[...files.value]])
}

/** Waits for an answer; `undefined` if it was overtaken. What fails is shown. */
export async function answer<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof Stale)) tell(error instanceof Error ? error.message : String(error), 'error')
    return undefined
  }
}

let fading: ReturnType<typeof setTimeout> | undefined

export function tell(text: string, kind: 'done' | 'error' = 'done'): void {
  clearTimeout(fading)
  notice.value = { text, kind }
  fading = setTimeout(() => (notice.value = null), kind === 'error' ? 8000 : 3500)
}

// Opening

/** Opens files as a project. */
export async function open(name: string, list: [string, Content][], wanted?: { target?: string | null }): Promise<void> {
  const contents = new Map(list)
  const found = await engine.ask('open', [list])
  const chosen = choice(found)
  const first = wanted?.target ?? chosen.target
  batch(() => {
    opened.value = { name, originals: new Map(contents) }
    files.value = contents
    kustomizations.value = found
    secretFiles.value = new Set()
    built.value = null
    lastGood.value = null
    showSecrets.value = false
    target.value = first
    compared.value = chosen.compared
    openPath.value = found.find(({ path }) => path === first)?.file ?? list[0]?.[0] ?? null
    reveal.value = null
    view.value = 'rendered'
    pane.value = 'result'
    revision.value += 1
  })
  // What is rendered comes first.
  void findSecrets(null)
}

/** Asks, if changes would be lost. */
export async function mayLeave(): Promise<boolean> {
  if (changedPaths.value.length === 0) return true
  leaving.value?.(false)
  const answered = await new Promise<boolean>((resolve) => (leaving.value = resolve))
  leaving.value = null
  return answered
}

export function close(): void {
  batch(() => {
    opened.value = null
    files.value = new Map()
    kustomizations.value = []
    target.value = null
    built.value = null
    lastGood.value = null
    openPath.value = null
    showSecrets.value = false
  })
}

// Changing

/** Writes a file, or removes it. */
export function write(path: string, content: Content | null): void {
  const now = new Map(files.value)
  if (content === null) now.delete(path)
  else now.set(path, content)
  void answer(content === null ? ask('delete', [path]) : ask('set', [path, content]))
  batch(() => {
    files.value = now
    revision.value += 1
  })
  refreshAfter(path)
}

/** Makes a planned edit. */
export function apply(edit: EditResult): void {
  for (const file of edit.files) write(file.path, file.text)
}

/** Looks again which kustomizations there are, and which files hold values of Secrets. */
export async function refreshOverview(): Promise<void> {
  const found = await answer(ask('kustomizations', [], 'kustomizations'))
  if (found === undefined) return
  batch(() => {
    kustomizations.value = keepParts(kustomizations.value, found)
    const known = new Set(found.map(({ path }) => path))
    compared.value = compared.value.filter((path) => known.has(path))
    if (target.value !== null && !known.has(target.value)) target.value = choice(found).target
  })
  await findSecrets(null)
}

async function findSecrets(among: string[] | null): Promise<void> {
  const found = await answer(ask('secrets', [among], 'secrets'))
  if (found === undefined) return
  const before = among === null ? [] : [...secretFiles.value].filter((path) => !among.includes(path))
  secretFiles.value = new Set([...before, ...found])
}

let pause: ReturnType<typeof setTimeout> | undefined

/** After a change: what it may have changed around it. The rest waits until nothing is typed. */
function refreshAfter(path: string): void {
  void findSecrets([path])
  clearTimeout(pause)
  pause = setTimeout(() => void refreshOverview(), 800)
}

// Looking

export function show(path: string): void {
  batch(() => {
    openPath.value = path
    pane.value = 'source'
  })
}

/** Shows a place in its file. */
export function jump(place: Pick<Location, 'path' | 'line' | 'column'> | null, focus = true): void {
  if (place === null) return
  if (!files.value.has(place.path)) return tell(`${place.path} is no file of this project`, 'error')
  batch(() => {
    openPath.value = place.path
    reveal.value = { path: place.path, line: place.line ?? 1, column: place.column ?? 1, focus }
    if (focus) pane.value = 'source'
  })
}

export function select(path: string): void {
  if (target.value === path) return
  batch(() => {
    target.value = path
    built.value = null
    lastGood.value = null
    openPath.value = kustomizations.value.find((each) => each.path === path)?.file ?? openPath.value
  })
}

export function toggleCompared(path: string): void {
  const now = compared.value
  compared.value = now.includes(path) ? now.filter((each) => each !== path) : inOrder([...now, path])
}
