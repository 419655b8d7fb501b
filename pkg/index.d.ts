/**
 * rustomize: renders Kubernetes overlays, byte for byte like `kustomize build` v5.8.2, in a browser, a worker or Node.
 *
 * Everything runs where it is called: nothing is sent anywhere, no file is read but those that were set, no program is
 * started. What is wrong with files is told by diagnostics, in the results; exceptions mean that the package itself is
 * used wrongly (it was not initialised, an argument has another type).
 *
 * All results are plain objects and can be posted to and from workers. Positions are what JavaScript counts: lines and
 * columns from 1, columns and offsets in UTF-16 code units; an end is one past the last.
 */

/** Where the WASM module comes from: an address, a response, its bytes, or the module, compiled. */
export type WasmSource =
  | string
  | URL
  | Request
  | Response
  | Promise<Response>
  | ArrayBuffer
  | ArrayBufferView
  | WebAssembly.Module;

/**
 * Loads the WASM module; to be awaited once, before the first `Project` is made. Further calls do nothing.
 *
 * Without an argument the module is taken from beside this file (`rustomize.wasm`), which browsers, workers and bundlers
 * that know `new URL(…, import.meta.url)` understand. The entry for Node is initialised when it is imported; the call is
 * allowed there, too.
 */
export function init(source?: WasmSource): Promise<void>;

/** The version of this package, and of the program whose output is reproduced. */
export const version: { readonly rustomize: string; readonly kustomize: string };

/** The content of a file. */
export type Content = string | Uint8Array;

/** Files by path: `/`-separated, relative to the root of the project. */
export type Files = Iterable<readonly [path: string, content: Content]> | Readonly<Record<string, Content>>;

// ---------------------------------------------------------------------------------------------------------------------
// Positions and diagnostics

/** A place in a file. */
export interface Location {
  /** The file, relative to the root of the project. */
  path: string;
  /** `null`, like all numbers here, where a file has no text to point at: it does not exist, or is no text. */
  line: number | null;
  column: number | null;
  endLine: number | null;
  endColumn: number | null;
  /** Offsets in the text of the file. */
  from: number | null;
  to: number | null;
}

export type Severity = "error" | "warning";

/** A place with a word about it. */
export interface Label {
  location: Location;
  /** May be empty. */
  text: string;
}

/** One thing to tell the user. The words never hold the value of a Secret. */
export interface Diagnostic {
  /** Stable: `unknown-field`. docs/diagnostics.md explains them all; `internal-error` is the package's own fault. */
  code: string;
  severity: Severity;
  /** One line. */
  message: string;
  /** The primary place. */
  location: Location | null;
  /** All places; the first is the primary one. */
  labels: Label[];
  /** Further facts, one line each. */
  notes: string[];
  /** What to do, one line each. */
  help: string[];
  /** The entries that led to the fault, the overlay's first. */
  chain: Location[];
  /** The line that kustomize prints for the same thing. */
  kustomize: string | null;
}

// ---------------------------------------------------------------------------------------------------------------------
// What is asked for

/** How a target is built. Two calls with the same options share one build. */
export interface BuildOptions {
  /** Which files a kustomization may load: those in and below its own directory (the default), or any. */
  loadRestrictor?: "root-only" | "none";
  /** The order of the output, where the kustomization has no `sortOptions`: kustomize's (the default), or as listed. */
  reorder?: "legacy" | "none";
  /** Adds the label `app.kubernetes.io/managed-by`. */
  managedByLabel?: boolean;
  /** Lets strategic merge patches merge lists of custom resources, which kustomize replaces. */
  mergeCustomLists?: boolean;
}

/** Whether the values of Secrets, and what other objects have of them, are shown. By default they are replaced by `•••`. */
export interface Redaction {
  /** Shows them. Only then the text is what kustomize prints, byte for byte. */
  showSecrets?: boolean;
}

/** A kustomization of the project. */
export interface Kustomization {
  /** Its directory: what is given as a target. The root is `.`. */
  path: string;
  /** Its file. */
  file: string;
  /** `null` if the file cannot be understood. */
  kind: "Kustomization" | "Component" | null;
  /** The directories of the kustomizations that it uses: bases and components, in the project and as listed. */
  includes: string[];
  /** The directories of those that use it. */
  includedBy: string[];
  /** Whether it is to be rendered on its own: nothing else uses it, and it is no component. These are the environments. */
  isRoot: boolean;
}

/** An object, as it is called. */
export interface ObjectName {
  apiVersion: string;
  kind: string;
  name: string;
  /** `null` if the object names none. */
  namespace: string | null;
}

/** An object of a build. */
export interface Resource extends ObjectName {
  /** Names the object in this target: unique there, the same from one build to the next. Not to be taken apart. */
  key: string;
  /** The object's part of `text`, without the `---` around it: `text.slice(from, to)`. */
  from: number;
  to: number;
  /** The line of `text` in which it begins, from 1, and how many lines it has. */
  line: number;
  lineCount: number;
  /** Whether values in it are hidden. */
  hidden: boolean;
}

/** What came of a build. */
export interface BuildResult {
  target: string;
  /** Whether there is an output. */
  ok: boolean;
  /** The manifests; empty if the build failed. */
  text: string;
  /** The objects, in the order of the text. */
  resources: Resource[];
  /** Errors and warnings, in the order they were found. */
  diagnostics: Diagnostic[];
  /** Whether something in `text` is hidden. */
  redacted: boolean;
  /** Milliseconds inside the engine. */
  time: number;
}

/** An entry of a kustomization file that does something. */
export interface Directive {
  /** `images` */
  field: string;
  /** The position in the list, from 0; `null` where the field is no list. */
  index: number | null;
  location: Location;
}

/** Who wrote what stands in a line. */
export interface LineOrigin {
  /** The value's place: in a manifest, a patch, a kustomization. */
  location: Location | null;
  /** The entry that put it there; `null` for what stands so in a file. */
  directive: Directive | null;
}

/** The lines of an object. */
export interface ResourceLines {
  ok: boolean;
  /** One for each line of the object; `null` for the further lines of a long text. */
  lines: (LineOrigin | null)[];
  diagnostics: Diagnostic[];
}

/** A step in the making of a value. */
export interface Step {
  /** `read`: it stands so in a file; `kept`: a directive wrote what was there. */
  action: "read" | "set" | "kept" | "removed";
  location: Location | null;
  directive: Directive | null;
  /** What took the value over from there: `nameReference` is the repair of references to renamed objects. */
  through: Directive | null;
  /** `null` where it is gone, and where the same directive or the next step wrote it again at once. */
  value: unknown;
}

/** Why a field is what it is. */
export interface Explanation {
  ok: boolean;
  object: ObjectName | null;
  /** The field: `spec.template.spec.containers.[name=web].image`. */
  field: string;
  /** Whether it is in the output. */
  present: boolean;
  /** Whether its values are hidden. */
  hidden: boolean;
  value: unknown;
  /** What happened to it, oldest first. */
  steps: Step[];
  diagnostics: Diagnostic[];
}

/** An image that is run. */
export interface ImageUse {
  object: ObjectName;
  /** The key of the object. */
  resource: string;
  /** The name of the container, or of whatever else the field is in. */
  container: string | null;
  field: string;
  image: string;
  name: string;
  tag: string | null;
  digest: string | null;
  hidden: boolean;
  /** Who wrote it last. */
  location: Location | null;
  directive: Directive | null;
}

export interface ImagesResult {
  ok: boolean;
  images: ImageUse[];
  diagnostics: Diagnostic[];
}

/** The files a target is made of. */
export interface InputsResult {
  /** Whether the target builds; otherwise the files are those that its kustomizations name. */
  ok: boolean;
  /** Sorted. */
  files: string[];
  diagnostics: Diagnostic[];
}

// ---------------------------------------------------------------------------------------------------------------------
// Comparisons

/** A side of a comparison: a target of this project, one of another, or a text that somebody rendered. */
export type Side = string | { project: Project; target: string } | { text: string; name?: string };

export interface CompareOptions extends BuildOptions, Redaction {
  /** Fields that are not compared: `spec.replicas`, `Deployment/web:spec.replicas`, `spec.ports[].nodePort`. */
  ignore?: string[];
  /** Compares fields that clusters and generators write, too: status, managedFields, helm.sh/chart… */
  generated?: boolean;
}

export interface DiffOptions extends CompareOptions {
  /** Looks for what deserves a second look before it is applied. */
  risks?: boolean;
  /** Keeps both texts of each object that differs, spelled alike where they mean the same. */
  texts?: boolean;
}

/** Where a value of a comparison stands. */
export interface DiffLocation {
  path: string;
  line: number;
  column: number;
  /** `images[0]` */
  directive: string | null;
}

export interface FieldChange {
  /** `spec.containers[name=web].image`; empty for a whole object. */
  path: string;
  /** `reordered`: a list of the same items; the values are what they are called. */
  action: "added" | "removed" | "changed" | "reordered";
  /** JSON pointers into the objects. */
  oldPointer: string | null;
  newPointer: string | null;
  /** `null` where it is not there. */
  old: unknown;
  new: unknown;
  hidden: boolean;
  oldLocation: DiffLocation | null;
  newLocation: DiffLocation | null;
}

export interface Risk {
  severity: "high" | "medium";
  /** `immutable-field` */
  code: string;
  /** Empty for the whole object. */
  path: string;
  message: string;
}

export interface ObjectDiff {
  status: "changed" | "renamed" | "added" | "removed";
  /** `null` on a side that lacks it. */
  old: ObjectName | null;
  new: ObjectName | null;
  risks: Risk[];
  changes: FieldChange[];
  /** With `texts`; empty on a side that lacks the object. */
  texts: { old: string; new: string } | null;
}

export interface DiffResult {
  /** Whether both sides could be built. */
  ok: boolean;
  old: string;
  new: string;
  equal: boolean;
  /** Numbers of objects; `following` are equal but for the hash in a name they refer to; `ignored` are fields. */
  summary: {
    changed: number;
    renamed: number;
    added: number;
    removed: number;
    equal: number;
    following: number;
    ignored: number;
  };
  /** What differs, sorted by kind, name and namespace. */
  objects: ObjectDiff[];
  diagnostics: Diagnostic[];
}

export interface MatrixCell {
  /** Whether the environment has the field. */
  present: boolean;
  /** Whether `value` is a mark instead; the same for the same values of a row. */
  hidden: boolean;
  value: unknown;
}

/** The fields that are not the same in all environments. */
export interface MatrixResult {
  ok: boolean;
  environments: string[];
  /** How many objects are the same everywhere. */
  equal: number;
  /** What differs, sorted by kind and name; `object` is `Deployment.apps/web`, a row has one value for each environment. */
  objects: { object: string; fields: { path: string; values: MatrixCell[] }[] }[];
  diagnostics: Diagnostic[];
}

// ---------------------------------------------------------------------------------------------------------------------
// Edits

/** What is to be changed in a kustomization file. All keep comments, order and layout. */
export type EditCommand =
  /** `name=new:tag`, `name:tag`, `name=new`, `name@sha256:…`; what is `*` stays. */
  | { verb: "set image"; images: string[] }
  /** The same for containers of some objects only (`Deployment/web`), by a patch where one is needed. */
  | { verb: "set workload image"; workloads: string[]; images: string[] }
  /** `path=value` for one object: where the layer writes the field, or by a patch. `string`: the value is a text. */
  | { verb: "set field"; object: string; fields: string[]; string?: boolean }
  /** `name=count` */
  | { verb: "set replicas"; replicas: string[] }
  | { verb: "set namespace"; value: string }
  | { verb: "set namePrefix"; value: string }
  | { verb: "set nameSuffix"; value: string }
  /** `key:value` */
  | { verb: "set label" | "set annotation"; entries: string[] }
  /** `key:value`; `force` overwrites. Labels go to `labels` where `withoutSelector` is set, to `commonLabels` otherwise. */
  | { verb: "add label"; entries: string[]; force?: boolean; withoutSelector?: boolean; includeTemplates?: boolean }
  | { verb: "add annotation"; entries: string[]; force?: boolean }
  /** Paths, relative to the target. */
  | { verb: "add resource" | "add component" | "remove resource" | "remove component"; paths: string[] }
  | { verb: "remove label" | "remove annotation"; keys: string[]; ignoreNonExistence?: boolean }
  /** Replaces what is deprecated; with `vars`, those, too. */
  | { verb: "fix"; vars?: boolean };

/** A change of a text: what stands from `from` to `to` is replaced. Offsets are those of the text before. */
export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

export interface FileEdit {
  path: string;
  /** Sorted, not overlapping. */
  edits: TextEdit[];
  /** The whole text behind the edit. */
  text: string;
}

/** An edit, which was planned by `rustomize/tools` and not made yet: `Project.apply` does that. */
export interface EditResult {
  ok: boolean;
  /** The files that change; none if there is nothing to do. */
  files: FileEdit[];
  diagnostics: Diagnostic[];
}

// ---------------------------------------------------------------------------------------------------------------------
// Projects

/** How files are taken in. */
export interface ReadOptions {
  /** Which files are taken; by default all but those in directories called `.git` or `node_modules`. */
  filter?: (path: string) => boolean;
  /** Told after each file: how many were read, and how many are known so far. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the reading with the signal's reason. */
  signal?: AbortSignal;
  /** Bytes of all files together; more is an error. Default: 256 MiB. */
  maxBytes?: number;
}

/**
 * Files, and what is made of them.
 *
 * A project keeps what it has read and built: after a file changed, only what reads that file is made again. If the
 * engine fails (which it should not), the result holds a diagnostic with the code `internal-error`, and the engine is
 * begun anew behind the scenes; the files stay.
 */
export class Project {
  constructor(files?: Files);

  /** Takes the files of `<input type="file" webkitdirectory>` or of a drop. The name of the one directory they are all in goes. */
  static fromFileList(files: Iterable<File>, options?: ReadOptions): Promise<Project>;
  /** Takes what is in a directory that the user picked (`showDirectoryPicker`) or dropped. */
  static fromDirectory(directory: FileSystemDirectoryHandle, options?: ReadOptions): Promise<Project>;
  /** Takes what is in a zip. The name of the one directory that all files are in goes. */
  static fromZip(zip: ArrayBuffer | ArrayBufferView | Blob, options?: ReadOptions): Promise<Project>;

  /** Writes a file. */
  set(path: string, content: Content): void;
  /** Removes a file, or a directory with all below it; returns whether there was one. */
  delete(path: string): boolean;
  /** Renames a file or a directory; returns whether there was one. What stood at the new path is replaced. */
  rename(from: string, to: string): boolean;
  /** Makes an edit that `rustomize/tools` planned. */
  apply(edit: EditResult): void;
  has(path: string): boolean;
  /** The text of a file; `undefined` if there is none, or if it is no text. */
  read(path: string): string | undefined;
  readBytes(path: string): Uint8Array | undefined;
  /** All files, sorted. */
  paths(): string[];
  /** Another project with the same files. */
  clone(): Project;
  /** Gives the memory back. The project must not be used any more. */
  free(): void;

  /** Finds all kustomizations. Directories whose names begin with a dot are not entered. */
  findKustomizations(): Kustomization[];
  /** The targets (paths of those with `isRoot`) that a file is part of. */
  targetsOf(path: string): string[];

  /** Builds the kustomization in a directory. */
  build(target: string, options?: BuildOptions & Redaction): BuildResult;
  /** Says who wrote each line of an object, last. The lines are those of a build with the same options. */
  lines(target: string, resource: string, options?: BuildOptions & Redaction): ResourceLines;
  /** Tells what made the value in a line of an object (from 1, counted in the object) what it is. */
  explain(target: string, resource: string, line: number, options?: BuildOptions & Redaction): Explanation;
  /** Tells the same of a field, which may be gone: `spec.replicas`, or a JSON pointer. */
  explainField(target: string, resource: string, field: string, options?: BuildOptions & Redaction): Explanation;
  /** The files a target is made of. */
  inputs(target: string, options?: BuildOptions): InputsResult;
  /** The images that a target runs. */
  images(target: string, options?: BuildOptions): ImagesResult;

  /** Compares two sides by what they mean, object by object. */
  diff(old: Side, now: Side, options?: DiffOptions): DiffResult;
  /** Lays environments side by side: the fields that differ. */
  matrix(targets: string[], options?: CompareOptions): MatrixResult;

  /** The text of a file with the values of Secrets replaced by `•`, one for each character; `undefined` if there is none. */
  redactedText(path: string): string | undefined;
}

/** Packs files: what `Project.fromZip` reads. */
export function zip(files: Files): Promise<Uint8Array>;
/** Unpacks files. */
export function unzip(zip: ArrayBuffer | ArrayBufferView | Blob, options?: ReadOptions): Promise<Map<string, Uint8Array>>;
