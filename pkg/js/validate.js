// `rustomize/validate` for browsers, workers and bundlers.

import { engine } from "./checks.js";

export { validate } from "./checks.js";

export async function init(source) {
  await engine.initialise(source ?? new URL("./validate.wasm", import.meta.url));
}
