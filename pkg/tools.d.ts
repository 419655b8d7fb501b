// Edits of kustomization files, and checks of objects: fields and types of Kubernetes, custom resources, APIs that went,
// references. In a WASM module of its own, which is loaded beside the package's.

import type { BuildOptions, Diagnostic, EditCommand, EditResult, ObjectName, Project, WasmSource } from "rustomize";

/**
 * Loads the module (browsers and workers; in Node it is there): from beside the script, or from where `source` says.
 */
export function init(source?: WasmSource): Promise<void>;

/** Plans a change of the kustomization file of a target. */
export function edit(project: Project, target: string, command: EditCommand): EditResult;
/** `edit` with the verb `set image`. */
export function setImage(project: Project, target: string, ...images: string[]): EditResult;

/** Checks the objects of a target. */
export function validate(project: Project, target: string, options?: ValidateOptions): ValidateResult;

export interface ValidateOptions extends BuildOptions {
  /** The release of Kubernetes: `1.37`. */
  kubernetes?: string;
}

/** A diagnostic about objects of the output. */
export interface Finding extends Diagnostic {
  /** Several, where they have the value from one place. */
  objects: ObjectName[];
  /** The field, or empty. */
  field: string;
}

export interface ValidateResult {
  /** Whether the target builds. */
  ok: boolean;
  findings: Finding[];
  /** How many objects there are, and of how many the fields are not known. */
  objects: number;
  unknown: number;
  diagnostics: Diagnostic[];
}
