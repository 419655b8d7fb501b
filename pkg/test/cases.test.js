// The project's cases (tests/cases) through this door: the same bytes, the same diagnostics as from the program.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Project } from "rustomize";
import { edit } from "rustomize/tools";
import { buildArgs, difference, editArgs, readTree } from "./tree.js";

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

/** An edit: the files that are expected, the same codes, and text edits that amount to the new text. */
function checkEdit(directory, command) {
  const project = new Project(readTree(join(directory, "input"), `${ROOT}/`));
  const before = new Map(project.paths().map((path) => [path, project.read(path)]));
  const result = edit(project, ROOT, command);
  const fault = words(join(directory, "expected.err"));
  assert.equal(result.ok, fault === null, result.diagnostics.map((found) => found.message).join("; "));
  // The program builds before and after a `fix` as well, and says what it could not compare.
  const codes = codesOf(fault ?? words(join(directory, "expected.stderr"))).filter((code) => code !== "fix-not-compared");
  assert.deepEqual(
    result.diagnostics.map((diagnostic) => diagnostic.code),
    codes,
  );
  for (const { path, edits, text } of result.files) {
    let [out, at] = ["", 0];
    const old = before.get(path) ?? "";
    for (const { from, to, insert } of edits) {
      out += old.slice(at, from) + insert;
      at = to;
    }
    assert.equal(out + old.slice(at), text);
  }
  project.apply(result);
  const expected = fault === null ? readTree(join(directory, "expected"), `${ROOT}/`) : new Map();
  for (const [path, bytes] of expected) {
    const [wanted, found] = [new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), project.read(path)];
    if (found !== wanted) assert.fail(difference(wanted, found ?? ""));
  }
}

const [passed, notRun] = [[], []];
let failed = 0;
for (const topic of readdirSync(CASES).sort()) {
  for (const name of readdirSync(join(CASES, topic)).sort()) {
    const directory = join(CASES, topic, name);
    const command = words(join(directory, "command"))?.trim() ?? "build";
    const args = (words(join(directory, "args")) ?? "").split("\n").filter((line) => line !== "");
    const known = { build: buildArgs, edit: editArgs }[command]?.(args) ?? null;
    if (known === null) {
      notRun.push(`${topic}/${name} (${command})`);
      continue;
    }
    test(`${topic}/${name}`, () => {
      failed += 1;
      (command === "build" ? check : checkEdit)(directory, known);
      failed -= 1;
      passed.push(name);
    });
  }
}

test("there are cases", () => {
  assert.ok(passed.length > 0);
  // What is left out are other commands than `build`, and edits that the package has no command for; the program runs them.
  for (const name of notRun) assert.match(name, /\((edit|create|localize)\)$/);
  // Read by `cargo xtask test`.
  console.log(`wasm: harness cases: ${passed.length} passed, ${failed} failed`);
  console.log(`wasm: not run, other commands: ${notRun.length}`);
});
