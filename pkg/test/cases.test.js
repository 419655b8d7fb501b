// The project's cases (tests/cases) through this door: the same bytes, the same diagnostics as from the program.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Project } from "rustomize";
import { buildArgs, difference, readTree } from "./tree.js";

const CASES = new URL("../../tests/cases/", import.meta.url).pathname;
/** Deep enough for a case to look above it. */
const ROOT = "somewhere/input";

const words = (path) => (existsSync(path) ? readFileSync(path, "utf8") : null);

/** The codes that a drawing of diagnostics names, in its order. */
function codesOf(drawing) {
  return [...(drawing ?? "").matchAll(/^(?:error|warning)\[([a-z0-9-]+)\]/gm)].map((found) => found[1]);
}

function check(directory, args) {
  const files = readTree(join(directory, "input"), `${ROOT}/`);
  const { target, options } = args;
  const project = new Project(files);
  const result = project.build(`${ROOT}/${target}`, options);
  const expected = words(join(directory, "expected.yaml"));
  const told = result.diagnostics.filter((diagnostic) => diagnostic.kustomize === null);
  assert.equal(result.ok, expected !== null, result.diagnostics.map((found) => found.message).join("; "));
  if (expected !== null && result.text !== expected) assert.fail(difference(expected, result.text));
  const drawing = words(join(directory, expected === null ? "expected.err" : "expected.stderr"));
  assert.deepEqual(
    told.map((diagnostic) => diagnostic.code),
    codesOf(drawing),
  );
  for (const { location } of result.diagnostics) {
    if (location === null || location.from === null) continue;
    const text = project.read(location.path) ?? project.read(`${ROOT}/${location.path}`);
    if (text === undefined) continue;
    // Line and column name the same place as the offset.
    const before = text.slice(0, location.from);
    const line = before.split("\n").length;
    const column = location.from - (before.lastIndexOf("\n") + 1) + 1;
    const mark = line === 1 && text.startsWith("\ufeff") ? 1 : 0;
    assert.deepEqual([location.line, location.column], [line, column - mark], location.path);
  }
  for (const { from, to } of result.resources) assert.ok(result.text.slice(from, to).endsWith("\n"));
}

const [passed, notRun] = [[], []];
let failed = 0;
for (const topic of readdirSync(CASES).sort()) {
  for (const name of readdirSync(join(CASES, topic)).sort()) {
    const directory = join(CASES, topic, name);
    const command = words(join(directory, "command"))?.trim() ?? "build";
    const args = (words(join(directory, "args")) ?? "").split("\n").filter((line) => line !== "");
    const known = command === "build" ? buildArgs(args) : null;
    if (known === null) {
      notRun.push(`${topic}/${name} (${command})`);
      continue;
    }
    test(`${topic}/${name}`, () => {
      failed += 1;
      check(directory, known);
      failed -= 1;
      passed.push(name);
    });
  }
}

test("there are cases", () => {
  assert.ok(passed.length > 0);
  // Only what is not `build` is left out; the program and the library run it.
  for (const name of notRun) assert.match(name, /\((edit|create|localize)\)$/);
  // Read by `cargo xtask test`.
  console.log(`wasm: harness cases: ${passed.length} passed, ${failed} failed`);
  console.log(`wasm: not run, other commands than build: ${notRun.length}`);
});
