// A WASM instance: loaded once, and begun anew when it failed. An instance that has panicked, or run out of memory or
// stack, is in no state to go on; what was in it is made again from the files that JavaScript keeps.

import { takePanic } from "./panic.js";

export class Engine {
  #glue;
  #isReady = false;
  #loading = null;
  /** Raised with each new instance. */
  generation = 0;

  constructor(glue) {
    this.#glue = glue;
  }

  get isReady() {
    return this.#isReady;
  }

  /** Loads a compiled module or bytes at once. */
  initialiseSync(module) {
    if (this.#isReady) return;
    this.#glue.initSync({ module });
    this.#isReady = true;
  }

  /** Loads the module from wherever `source` says. */
  async initialise(source) {
    if (this.#isReady) return;
    // Who asks while it is being loaded waits for the same.
    this.#loading ??= this.#glue.default({ module_or_path: source });
    try {
      await this.#loading;
      this.#isReady = true;
    } finally {
      this.#loading = null;
    }
  }

  /** Makes an object in the present instance. */
  make(name) {
    if (!this.#isReady) throw new Error("rustomize: `await init()` before this is used");
    return new this.#glue[name]();
  }

  /** Calls the engine. If it fails, another instance takes its place, and the answer is an internal error: its words. */
  guarded(call) {
    try {
      return { value: call() };
    } catch (error) {
      const words = takePanic() ?? String(error?.message ?? error);
      this.#glue.__wbg_reset_state();
      this.generation += 1;
      return { fault: words };
    }
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
