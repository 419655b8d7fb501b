// `rustomize/tools` for browsers, workers and bundlers.

import { engine } from "./project-tools.js";

export { edit, setImage, validate } from "./project-tools.js";

export async function init(source) {
  await engine.initialise(source ?? new URL("./tools.wasm", import.meta.url));
}
