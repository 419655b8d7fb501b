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

/** Says where two texts part. */
export function difference(expected, actual) {
  const [a, b] = [expected.split("\n"), actual.split("\n")];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const part = (lines, sign) => lines.slice(at, at + 4).map((line) => `  ${sign} ${line}`);
  return [`line ${at + 1}:`, ...part(a, "-"), ...part(b, "+")].join("\n");
}
