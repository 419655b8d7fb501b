// What the page asks of the engine. Runs in the worker; nothing of it knows the page.
import { Project, init, unzip, version, zip } from 'rustomize'
import type {
  BuildResult,
  Content,
  DiffResult,
  EditResult,
  Explanation,
  ImagesResult,
  Kustomization,
  MatrixResult,
  ResourceLines,
} from 'rustomize'
import { wasm } from './wasm'

/** What an edit does to one environment. */
export interface Effect {
  target: string
  diff: DiffResult
}

export interface Overview {
  kustomizations: Kustomization[]
  /** Files that hold values of Secrets. */
  secrets: string[]
}

let project: Project | null = null

function current(): Project {
  project ??= new Project()
  return project
}

export const operations = {
  async start(): Promise<{ rustomize: string; kustomize: string }> {
    await init(await wasm())
    return { rustomize: version.rustomize, kustomize: version.kustomize }
  },

  /** Begins a project anew. */
  open(files: [string, Content][]): void {
    project?.free()
    project = new Project(files)
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

  overview(): Overview {
    const all = current()
    const secrets = all.paths().filter((path) => {
      const text = all.read(path)
      return text !== undefined && all.redactedText(path) !== text
    })
    return { kustomizations: all.findKustomizations(), secrets }
  },

  redacted(path: string): string | undefined {
    return current().redactedText(path)
  },

  /** What `redacted` would say if the file held another text. */
  redactedAs(path: string, text: string): string {
    const other = current().clone()
    try {
      other.set(path, text)
      return other.redactedText(path) ?? text
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
    return others.map((other) => current().diff(first, other, { showSecrets, risks: true }))
  },

  matrix(targets: string[], showSecrets: boolean): MatrixResult {
    return current().matrix(targets, { showSecrets })
  },

  /** Plans a change of images, and tells what would come of it. */
  setImage(
    target: string,
    image: string,
    targets: string[],
    showSecrets: boolean,
  ): { edit: EditResult; effects: Effect[] } {
    const before = current()
    const edit = before.setImage(target, image)
    if (!edit.ok || edit.files.length === 0) return { edit, effects: [] }
    const after = before.clone()
    try {
      after.apply(edit)
      const effects = targets.map((each) => ({
        target: each,
        diff: before.diff(each, { project: after, target: each }, { showSecrets }),
      }))
      return { edit, effects }
    } finally {
      after.free()
    }
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
