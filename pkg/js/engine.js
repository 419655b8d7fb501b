// The WASM instance: loaded once, and begun anew when it failed. An instance that has panicked, or run out of memory or
// stack, is in no state to go on; its projects are made again from the files that JavaScript keeps.

import * as glue from "./glue.js";
import { takePanic } from "./panic.js";

let isReady = false;
/** Raised with each new instance. */
let generation = 0;

export function isInitialised() {
  return isReady;
}

export function currentGeneration() {
  return generation;
}

/** Loads a compiled module or bytes at once. */
export function initialiseSync(module) {
  if (isReady) return;
  glue.initSync({ module });
  isReady = true;
}

/** Loads the module from wherever `source` says. */
export async function initialise(source) {
  if (isReady) return;
  await glue.default({ module_or_path: source });
  isReady = true;
}

/** Makes a project in the present instance. */
export function newProject() {
  if (!isReady) throw new Error("rustomize: `await init()` before the first `Project` is made");
  return new glue.Project();
}

/**
 * Calls the engine. If it fails, another instance takes its place, and the answer is an internal error: its words.
 */
export function guarded(call) {
  try {
    return { value: call() };
  } catch (error) {
    const words = takePanic() ?? String(error?.message ?? error);
    glue.__wbg_reset_state();
    generation += 1;
    return { fault: words };
  }
}

/** Words for a failure of the engine, as a diagnostic. */
export function internalError(words) {
  return {
    code: "internal-error",
    severity: "error",
    message: "the engine failed; this is a fault of rustomize, not of the files",
    location: null,
    labels: [],
    notes: words.split("\n"),
    help: ["report it with the files that it happened with"],
    chain: [],
    kustomize: null,
  };
}
