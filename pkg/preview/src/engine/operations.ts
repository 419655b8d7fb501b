// What the page asks of the engine. Runs in the worker; nothing of it knows the page.
import { Project, init, unzip, version, zip } from 'rustomize'
import packed from 'virtual:engine-wasm'
import type {
  BuildResult,
  Content,
  DiffResult,
  EditResult,
  Explanation,
  ImagesResult,
  Kustomization,
  Location,
  MatrixResult,
  ResourceLines,
} from 'rustomize'
import { smallest } from './imageEdit'
import { SAMPLE } from './sample'
import { unpacked } from './wasm'

/** What an edit does to one environment. */
export interface Effect {
  target: string
  diff: DiffResult
  /** Whether it could not be rendered before either. */
  wasBroken: boolean
}

function effect(before: Project, after: Project, target: string, showSecrets: boolean): Effect {
  const diff = before.diff(target, { project: after, target }, { showSecrets, risks: true })
  return { target, diff, wasBroken: !diff.ok && !before.build(target).ok }
}

const tools = () => import('./tools')

let project: Project | null = null

function current(): Project {
  project ??= new Project()
  return project
}

/**
 * Renders something small. A browser compiles the engine's functions when they are called first, and the first project
 * should not have to wait for that.
 */
function warmUp(): void {
  const sample = new Project(SAMPLE)
  const { resources } = sample.build('b')
  sample.build('a', { showSecrets: true })
  if (resources[0] !== undefined) {
    sample.lines('b', resources[0].key)
    sample.explain('b', resources[0].key, 1)
  }
  sample.findKustomizations()
  sample.diff('a', 'b')
  sample.free()
}

export const operations = {
  async start(): Promise<{ rustomize: string; kustomize: string }> {
    await init(await unpacked(packed))
    warmUp()
    // While nobody edits yet: later the page asks for nothing.
    void tools()
    return { rustomize: version.rustomize, kustomize: version.kustomize }
  },

  /** Begins a project anew. */
  open(files: [string, Content][]): Kustomization[] {
    project?.free()
    project = new Project(files)
    return project.findKustomizations()
  },

  /** Takes further files of a large folder. */
  add(files: [string, Content][]): void {
    for (const [path, content] of files) current().set(path, content)
  },

  set(path: string, content: Content): void {
    current().set(path, content)
  },

  delete(path: string): void {
    current().delete(path)
  },

  rename(from: string, to: string): void {
    current().rename(from, to)
  },

  kustomizations(): Kustomization[] {
    return current().findKustomizations()
  },

  /** Those of the files, or of all, that hold values of Secrets. */
  secrets(among: string[] | null): string[] {
    const all = current()
    return (among ?? all.paths()).filter((path) => {
      const text = all.read(path)
      return text !== undefined && all.redactedText(path) !== text
    })
  },

  redacted(path: string): string | undefined {
    return current().redactedText(path)
  },

  /** What `redacted` would say if the file held another text. */
  redactedAs(path: string, text: string): string {
    const other = current().clone()
    try {
      other.set(path, text)
      return other.redactedText(path) ?? ''
    } finally {
      other.free()
    }
  },

  build(target: string, showSecrets: boolean): BuildResult {
    return current().build(target, { showSecrets })
  },

  lines(target: string, resource: string, showSecrets: boolean): ResourceLines {
    return current().lines(target, resource, { showSecrets })
  },

  explain(target: string, resource: string, line: number, showSecrets: boolean): Explanation {
    return current().explain(target, resource, line, { showSecrets })
  },

  images(targets: string[]): { target: string; images: ImagesResult }[] {
    return targets.map((target) => ({ target, images: current().images(target) }))
  },

  /** The first side against each of the others. */
  diffs(targets: string[], showSecrets: boolean): DiffResult[] {
    const [first, ...others] = targets
    if (first === undefined) return []
    return others.map((other) => current().diff(first, other, { showSecrets }))
  },

  matrix(targets: string[], showSecrets: boolean): MatrixResult {
    return current().matrix(targets, { showSecrets })
  },

  /** Plans a change of images, and tells what would come of it. */
  async setImage(
    target: string,
    image: string,
    targets: string[],
    showSecrets: boolean,
  ): Promise<{ edit: EditResult; effects: Effect[]; texts: { path: string; before: string; after: string }[] }> {
    const { ready, setImage } = await tools()
    await ready()
    const before = current()
    const edit = smallest(before, target, image, setImage(before, target, image))
    if (!edit.ok || edit.files.length === 0) return { edit, effects: [], texts: [] }
    const after = before.clone()
    try {
      after.apply(edit)
      const textIn = (project: Project, path: string) => (showSecrets ? project.read(path) : project.redactedText(path)) ?? ''
      return {
        edit,
        effects: targets.map((each) => effect(before, after, each, showSecrets)),
        // As they may be shown.
        texts: edit.files.map(({ path }) => ({ path, before: textIn(before, path), after: textIn(after, path) })),
      }
    } finally {
      after.free()
    }
  },

  /** What was changed since the project was opened does to its environments; `before` has the files as they were. */
  changes(targets: string[], before: [string, Content | null][], showSecrets: boolean): Effect[] {
    const now = current()
    const then = now.clone()
    try {
      for (const [path, content] of before) {
        if (content === null) then.delete(path)
        else then.set(path, content)
      }
      return targets.map((target) => effect(then, now, target, showSecrets))
    } finally {
      then.free()
    }
  },

  /** The place that wrote a field of an object, which is called as a matrix calls it. */
  locate(target: string, object: string, path: string): Location | null {
    const { resources } = current().build(target)
    const called = resources.map(({ kind, name, apiVersion }) => {
      const slash = apiVersion.indexOf('/')
      return `${kind}${slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`}/${name}`
    })
    const exact = called.indexOf(object)
    // Names that end in a hash are the same without it.
    const at = exact >= 0 ? exact : called.findIndex((each) => each.replace(/-[a-z0-9]{10}$/, '') === object)
    const resource = resources[at]
    if (resource === undefined) return null
    const { steps } = current().explainField(target, resource.key, path)
    return steps.findLast(({ location }) => location !== null)?.location ?? null
  },

  /** The files that targets are made of. */
  inputs(targets: string[]): string[] {
    return [...new Set(targets.flatMap((target) => current().inputs(target).files))].sort()
  },

  /** All environments, rendered, as one zip; those that fail are told. */
  async bundle(
    targets: { target: string; file: string }[],
    showSecrets: boolean,
  ): Promise<{ zip: Uint8Array; failed: string[] }> {
    const files: [string, string][] = []
    const failed: string[] = []
    for (const { target, file } of targets) {
      const built = current().build(target, { showSecrets })
      if (built.ok) files.push([file, built.text])
      else failed.push(target)
    }
    return { zip: await zip(files), failed }
  },

  async unzip(bytes: ArrayBuffer): Promise<[string, Uint8Array][]> {
    return [...(await unzip(bytes))]
  },
}

export type Operations = typeof operations
