// The entry for Node: the module is read from the disk when this is imported.

import { readFileSync } from "node:fs";
import { engine } from "./project.js";

export { Project } from "./project.js";
export { version } from "./version.js";
export { unzip, zip } from "./zip.js";

engine.initialiseSync(readFileSync(new URL("./rustomize.wasm", import.meta.url)));

export async function init() {}
