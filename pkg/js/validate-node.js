// `rustomize/validate` for Node: the module is read from the disk when this is imported.

import { readFileSync } from "node:fs";
import { engine } from "./checks.js";

export { validate } from "./checks.js";

engine.initialiseSync(readFileSync(new URL("./validate.wasm", import.meta.url)));

export async function init() {}
