// Trees on the disk, as files for a project.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Links may lead in circles. */
const DEPTH_MAX = 40;

/** Reads all files below a directory, by their paths behind a prefix. */
export function readTree(directory, prefix = "", files = new Map(), depth = 0) {
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    const what = statSync(path, { throwIfNoEntry: false });
    if (what?.isDirectory() && depth < DEPTH_MAX) readTree(path, `${prefix}${name}/`, files, depth + 1);
    else if (what?.isFile()) files.set(prefix + name, new Uint8Array(readFileSync(path)));
  }
  return files;
}

/** Reads flags of `build` as options; `null` if the door does not have one of them. */
export function buildArgs(args) {
  const options = { showSecrets: true };
  let target = ".";
  const words = [...args];
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--load-restrictor") words.unshift(`--load-restrictor=${words.shift()}`);
    else if (word === "--load-restrictor=LoadRestrictionsNone") options.loadRestrictor = "none";
    else if (word === "--load-restrictor=LoadRestrictionsRootOnly") options.loadRestrictor = "root-only";
    else if (word === "--reorder=none") options.reorder = "none";
    else if (word === "--reorder=legacy") options.reorder = "legacy";
    else if (word === "--enable-managedby-label") options.managedByLabel = true;
    // Plugins that are built in need no program; a case that does is told apart by what it requires.
    else if (word === "--enable-alpha-plugins" || word === "--enable-helm" || word === "--enable-exec") continue;
    else if (word.startsWith("-")) return null;
    else target = word;
  }
  return { target, options };
}

/** What the arguments of an `edit` are called in commands, by verb. */
const EDITS = {
  "set image": "images",
  "set replicas": "replicas",
  "set namespace": "value",
  "set label": "entries",
  "set annotation": "entries",
  "add label": "entries",
  "add annotation": "entries",
  "add resource": "paths",
  "add component": "paths",
  "remove resource": "paths",
  "remove component": "paths",
  "remove label": "keys",
  "remove annotation": "keys",
  fix: null,
};
const EDIT_FLAGS = {
  "--force": "force",
  "--without-selector": "withoutSelector",
  "--include-templates": "includeTemplates",
  "--vars": "vars",
};

/** Reads words of `edit` as a command; `null` if the door does not have it. */
export function editArgs(words) {
  const flags = words.filter((word) => word.startsWith("--"));
  const [first, second, ...rest] = words.filter((word) => !word.startsWith("--"));
  const verb = first === "fix" ? first : `${first} ${second}`;
  const name = EDITS[verb];
  if (name === undefined || !flags.every((flag) => flag in EDIT_FLAGS)) return null;
  const command = { verb, ...Object.fromEntries(flags.map((flag) => [EDIT_FLAGS[flag], true])) };
  if (name !== null) command[name] = name === "value" ? rest[0] : rest;
  return command;
}

/** Says where two texts part. */
export function difference(expected, actual) {
  const [a, b] = [expected.split("\n"), actual.split("\n")];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const part = (lines, sign) => lines.slice(at, at + 4).map((line) => `  ${sign} ${line}`);
  return [`line ${at + 1}:`, ...part(a, "-"), ...part(b, "+")].join("\n");
}
