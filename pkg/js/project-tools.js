// Edits and checks, in an instance of their own: what they need is loaded by those who ask for it.

import { Engine, internalError } from "./engine.js";
import { bitsOf, partsOf } from "./options.js";
import { filesOf, target as named } from "./project.js";
import * as glue from "./tools-glue.js";

export const engine = new Engine(glue);

/** What the instance has of a project: its files, and the tools over them. */
const known = new WeakMap();

/** Brings the files in the instance to what they are in the project. */
function settled(project) {
  let state = known.get(project);
  if (state?.generation !== engine.generation) {
    state = { tools: engine.make("Tools"), files: new Map(), generation: engine.generation };
    known.set(project, state);
  }
  const { tools, files } = state;
  const now = filesOf(project);
  for (const path of [...files.keys()].filter((path) => !now.has(path))) {
    tools.remove(path);
    files.delete(path);
  }
  for (const [path, content] of now) {
    if (files.get(path) === content) continue;
    if (typeof content === "string") tools.setText(path, content);
    else tools.set(path, content);
    files.set(path, content);
  }
  return tools;
}

/** Asks the tools, and fills what an answer of diagnostics alone lacks. */
function ask(project, rest, call) {
  // That there is no engine is said here, not as a failure of it.
  if (!engine.isReady) engine.make("Tools");
  const { value, fault } = engine.guarded(() => call(settled(project)));
  return { ...rest, ...(fault === undefined ? JSON.parse(value) : { diagnostics: [internalError(fault)] }) };
}

export function edit(project, target, command) {
  const { args, more, bits } = partsOf(command);
  const rest = { ok: false, files: [], diagnostics: [] };
  return ask(project, rest, (tools) => tools.edit(named(target), command.verb, args, more, bits));
}

export function setImage(project, target, ...images) {
  return edit(project, target, { verb: "set image", images });
}

export function validate(project, target, options = {}) {
  const rest = { ok: false, findings: [], objects: 0, unknown: 0, diagnostics: [] };
  return ask(project, rest, (tools) => tools.validate(named(target), bitsOf(options), options.kubernetes ?? ""));
}
