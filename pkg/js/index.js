// The entry for browsers, workers and bundlers.

import { engine } from "./project.js";

export { Project } from "./project.js";
export { version } from "./version.js";
export { unzip, zip } from "./zip.js";

export async function init(source) {
  await engine.initialise(source ?? new URL("./rustomize.wasm", import.meta.url));
}
