// The entry for browsers, workers and bundlers.

import { initialise } from "./engine.js";

export { Project } from "./project.js";
export { version } from "./version.js";
export { unzip, zip } from "./zip.js";

export async function init(source) {
  await initialise(source ?? new URL("./rustomize.wasm", import.meta.url));
}
