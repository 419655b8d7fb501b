// The shared corpora through this door: `node corpora.js SHARED OUT`. OUT gets the results in the form of the corpora's own runner.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Project } from "rustomize";
import { buildArgs, readTree } from "./tree.js";

const [shared, out] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** What a browser does not have, and the one case that needs no such thing but cannot be run for want of it. */
const NEEDS = new Set(["exec", "helm", "network", "container", "go-plugin"]);

function conformance() {
  const root = join(shared, "conformance/cases");
  const results = [];
  for (const group of readdirSync(root).sort()) {
    for (const name of readdirSync(join(root, group)).sort()) {
      const directory = join(root, group, name);
      if (!existsSync(join(directory, "case.json"))) continue;
      const found = json(join(directory, "case.json"));
      results.push({ name: `${group}/${name}`, category: one(directory, found) });
    }
  }
  return results;
}

function one(directory, found) {
  if (found.command !== "build") return `skip: ${found.command}`;
  if (found.expect === "unrecorded") return "skip: unrecorded";
  const needs = (found.requires ?? []).filter((need) => NEEDS.has(need));
  if (needs.length > 0) return `skip: ${needs.join(", ")}`;
  const args = buildArgs(found.argv[0] === "build" ? found.argv.slice(1) : found.argv);
  if (args === null) return `skip: ${found.argv.join(" ")}`;
  if (found.templated?.length > 0) return "skip: paths of a disk";
  const input = join(directory, "input");
  const files = existsSync(input) ? readTree(input, "root/") : new Map();
  const cwd = found.cwd ? `root/${found.cwd}` : "root";
  const target = args.target.startsWith("/") ? args.target : `${cwd}/${args.target}`;
  const result = new Project(files).build(target, args.options);
  if (found.expect === "error") return result.ok ? "wrongly-succeeded" : "exact";
  if (!result.ok) return "wrongly-failed";
  return result.text === readFileSync(join(directory, "expected.yaml"), "utf8") ? "exact" : "different";
}

function realworld() {
  const root = join(shared, "realworld");
  const results = [];
  for (const repo of readdirSync(root).sort()) {
    if (!existsSync(join(root, repo, "targets.json"))) continue;
    const project = new Project(readTree(join(root, repo, "tree")));
    for (const { target, flags, expected } of json(join(root, repo, "targets.json"))) {
      const bytes = readFileSync(join(root, repo, expected));
      const wanted = (expected.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      const result = project.build(target, buildArgs(flags).options);
      const outcome = !result.ok ? "failed" : result.text === wanted ? "exact" : "different";
      results.push({ kind: "target", repo, target, outcome });
    }
    const errors = join(root, repo, "errors.json");
    for (const { target, flags = [] } of existsSync(errors) ? json(errors) : []) {
      const result = project.build(target, buildArgs(flags).options);
      results.push({ kind: "error", repo, target, outcome: result.ok ? "wrongly-succeeded" : "exact" });
    }
    project.free();
  }
  return results;
}

mkdirSync(out, { recursive: true });
for (const [name, run] of [
  ["conformance", conformance],
  ["realworld", realworld],
]) {
  const results = run();
  const counts = {};
  for (const { category, outcome } of results) {
    const what = (category ?? outcome).split(":")[0];
    counts[what] = (counts[what] ?? 0) + 1;
  }
  console.log(name, JSON.stringify(counts));
  writeFileSync(join(out, `wasm-${name}.json`), JSON.stringify({ results }));
}
