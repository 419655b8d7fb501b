// How long builds take: `node bench.js DIRECTORY TARGET FILE`. The first build, one in a fresh project of a warm engine, and one
// after FILE changed; milliseconds of processor time, the least of many runs.

import { Project } from "rustomize";
import { readTree } from "./tree.js";

const [directory, target, file] = process.argv.slice(2);
const files = readTree(directory);

function spent(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function least(n, prepare, work) {
  let best = Infinity;
  for (let run = 0; run < n; run += 1) {
    const prepared = prepare(run);
    best = Math.min(best, spent(() => work(prepared)));
  }
  return best.toFixed(1);
}

const whole = { showSecrets: true };
const first = spent(() => new Project(files).build(target, whole)).toFixed(1);
const cold = least(20, () => new Project(files), (project) => project.build(target, whole));
const project = new Project(files);
const text = project.read(file);
const change = (run) => project.set(file, `${text}# ${run}\n`);
const again = least(40, change, () => project.build(target, whole));
const redacted = least(40, change, () => project.build(target));
console.log(JSON.stringify({ target, first, cold, again, redacted, resources: project.build(target).resources.length }));
