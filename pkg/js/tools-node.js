// `rustomize/tools` for Node: the module is read from the disk when this is imported.

import { readFileSync } from "node:fs";
import { engine } from "./project-tools.js";

export { edit, setImage, validate } from "./project-tools.js";

engine.initialiseSync(readFileSync(new URL("./tools.wasm", import.meta.url)));

export async function init() {}
