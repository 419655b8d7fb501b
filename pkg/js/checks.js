// Checks of objects, in an instance of their own: what they need is loaded by those who ask for it.

import { Engine, internalError } from "./engine.js";
import { bitsOf } from "./options.js";
import { clean, filesOf } from "./project.js";
import * as glue from "./validate-glue.js";

export const engine = new Engine(glue);

/** What the instance has of a project: its files, and the checks over them. */
const known = new WeakMap();

/** Brings the files in the instance to what they are in the project. */
function settled(project) {
  let state = known.get(project);
  if (state?.generation !== engine.generation) {
    state = { checks: engine.make("Checks"), files: new Map(), generation: engine.generation };
    known.set(project, state);
  }
  const { checks, files } = state;
  const now = filesOf(project);
  for (const path of [...files.keys()].filter((path) => !now.has(path))) {
    checks.remove(path);
    files.delete(path);
  }
  for (const [path, content] of now) {
    if (files.get(path) === content) continue;
    if (typeof content === "string") checks.setText(path, content);
    else checks.set(path, content);
    files.set(path, content);
  }
  return checks;
}

export function validate(project, target, options = {}) {
  const rest = { ok: false, findings: [], objects: 0, unknown: 0, diagnostics: [] };
  // That there is no engine is said here, not as a failure of it.
  if (!engine.isReady) engine.make("Checks");
  const answer = () => settled(project).validate(clean(target) || ".", bitsOf(options), options.kubernetes ?? "");
  const { value, fault } = engine.guarded(answer);
  return { ...rest, ...(fault === undefined ? JSON.parse(value) : { diagnostics: [internalError(fault)] }) };
}
