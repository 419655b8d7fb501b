// `Project`: files, kept here as well as in the engine, and questions to the engine about them. index.d.ts says what all of
// it means.

import { Engine, internalError } from "./engine.js";
import * as glue from "./glue.js";
import { bitsOf } from "./options.js";
import { readDirectory, readFileList } from "./read.js";
import { unzip } from "./zip.js";

export const engine = new Engine(glue);

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The path as the engine knows it: without `./`, `..` and a slash at either end. */
export function clean(path) {
  const parts = [];
  for (const part of String(path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The directory of a target as the engine knows it. */
export function target(path) {
  return clean(path) || ".";
}

function entriesOf(files) {
  return typeof files[Symbol.iterator] === "function" ? files : Object.entries(files);
}

function now() {
  return globalThis.performance.now();
}

/** The files of a project, by path; see `Project`. */
export let filesOf;

export class Project {
  static {
    filesOf = (project) => project.#files;
  }

  /** Content by path. */
  #files = new Map();
  #engine = null;
  #generation = -1;

  constructor(files = []) {
    // That the engine is there is said here, not at the first question.
    this.#fresh();
    for (const [path, content] of entriesOf(files)) this.set(path, content);
  }

  static async fromFileList(files, options) {
    return new Project(await readFileList(files, options));
  }

  static async fromDirectory(directory, options) {
    return new Project(await readDirectory(directory, options));
  }

  static async fromZip(zip, options) {
    return new Project(await unzip(zip, options));
  }

  /** The engine's project; made again if the instance is another one. */
  #fresh() {
    if (this.#generation === engine.generation) return this.#engine;
    this.#engine = engine.make("Project");
    this.#generation = engine.generation;
    for (const [path, content] of this.#files) this.#hand(path, content);
    return this.#engine;
  }

  #hand(path, content) {
    if (typeof content === "string") this.#engine.setText(path, content);
    else this.#engine.set(path, content);
  }

  /** Asks the engine, and fills what an answer of diagnostics alone lacks. */
  #ask(rest, call) {
    const { value, fault } = engine.guarded(() => call(this.#fresh()));
    if (fault === undefined) return { ...rest, ...(typeof value === "string" ? JSON.parse(value) : value) };
    return { ...rest, ok: false, diagnostics: [internalError(fault)] };
  }

  set(path, content) {
    const name = clean(path);
    if (name === "") throw new TypeError("rustomize: a path is empty");
    const kept = typeof content === "string" ? content : new Uint8Array(content);
    if (this.#files.get(name) === kept) return;
    this.#files.set(name, kept);
    engine.guarded(() => {
      // A project that is made again takes the file from the map.
      if (this.#generation === engine.generation) this.#hand(name, kept);
    });
  }

  delete(path) {
    const name = clean(path);
    const below = [...this.#files.keys()].filter((file) => file === name || file.startsWith(`${name}/`));
    for (const file of below) {
      this.#files.delete(file);
      engine.guarded(() => {
        if (this.#generation === engine.generation) this.#engine.remove(file);
      });
    }
    return below.length > 0;
  }

  rename(from, to) {
    const [old, name] = [clean(from), clean(to)];
    if (old === name) return this.#files.has(old);
    const moved = [...this.#files].filter(([file]) => file === old || file.startsWith(`${old}/`));
    if (moved.length === 0) return false;
    this.delete(old);
    this.delete(name);
    for (const [file, content] of moved) this.set(name + file.slice(old.length), content);
    return true;
  }

  apply(edit) {
    for (const file of edit.files) this.set(file.path, file.text);
  }

  has(path) {
    return this.#files.has(clean(path));
  }

  read(path) {
    const content = this.#files.get(clean(path));
    if (content === undefined || typeof content === "string") return content;
    try {
      return decoder.decode(content);
    } catch {
      return undefined;
    }
  }

  readBytes(path) {
    const content = this.#files.get(clean(path));
    if (content === undefined) return undefined;
    return typeof content === "string" ? encoder.encode(content) : content.slice();
  }

  paths() {
    return [...this.#files.keys()].sort();
  }

  clone() {
    return new Project(this.#files);
  }

  free() {
    if (this.#generation === engine.generation) this.#engine.free();
    this.#generation = -1;
    this.#files = new Map();
  }

  findKustomizations() {
    const { value, fault } = engine.guarded(() => this.#fresh().kustomizations());
    return fault === undefined ? JSON.parse(value) : [];
  }

  targetsOf(path) {
    const { value, fault } = engine.guarded(() => this.#fresh().targetsOf(clean(path)));
    return fault === undefined ? value : [];
  }

  build(path, options) {
    const start = now();
    const rest = { target: target(path), ok: false, text: "", resources: [], diagnostics: [], redacted: false, time: 0 };
    const result = this.#ask(rest, (made) => {
      const answer = JSON.parse(made.build(target(path), bitsOf(options)));
      return { ...answer, text: made.takeText() };
    });
    result.time = now() - start;
    return result;
  }

  lines(path, resource, options) {
    return this.#ask({ ok: false, lines: [], diagnostics: [] }, (made) => made.lines(target(path), bitsOf(options), resource));
  }

  explain(path, resource, line, options) {
    return this.#explained("", (made) => made.explain(target(path), bitsOf(options), resource, line, undefined));
  }

  explainField(path, resource, field, options) {
    return this.#explained(field, (made) => made.explain(target(path), bitsOf(options), resource, 0, field));
  }

  #explained(field, call) {
    const rest = { ok: false, object: null, field, present: false, hidden: false, value: null, steps: [], diagnostics: [] };
    return this.#ask(rest, call);
  }

  inputs(path, options) {
    return this.#ask({ ok: false, files: [], diagnostics: [] }, (made) => made.inputs(target(path), bitsOf(options)));
  }

  images(path, options) {
    const answer = this.#ask({ ok: false, images: [], diagnostics: [] }, (made) => made.images(target(path), bitsOf(options)));
    const { ok, images, diagnostics, keys } = answer;
    // The forms of the command line name the directory instead of the object's key.
    const of = ({ directory, ...image }, at) => ({ ...image, resource: keys[at] });
    return { ok, images: images.map(of), diagnostics };
  }

  /** Makes a side ready and returns the project it is in, its name there, and what is wrong with it. */
  #prepare(side, bits, at) {
    if (typeof side === "string") return this.#prepare({ project: this, target: side }, bits, at);
    if (side.project !== undefined) {
      const name = target(side.target);
      const { fault } = engine.guarded(() => side.project.#fresh().prepare(name, bits));
      return { project: side.project, name, fault };
    }
    const name = side.name ?? `text ${at}`;
    // A slash at the end is no name of a target.
    const { value, fault } = engine.guarded(() => this.#fresh().prepareText(`${name}/`, encoder.encode(side.text)));
    return { project: this, name: `${name}/`, shown: name, fault, failed: value };
  }

  diff(old, now, options = {}) {
    const bits = bitsOf(options);
    const summary = { changed: 0, renamed: 0, added: 0, removed: 0, equal: 0, following: 0, ignored: 0 };
    const sides = [this.#prepare(old, bits, "before"), this.#prepare(now, bits, "after")];
    const names = sides.map((side) => side.shown ?? side.name);
    const rest = { ok: false, old: names[0], new: names[1], equal: false, summary, objects: [], diagnostics: [] };
    const bad = sides.flatMap((side) => {
      if (side.fault !== undefined) return [internalError(side.fault)];
      return side.failed ? JSON.parse(side.failed).diagnostics : [];
    });
    if (bad.length > 0) return { ...rest, diagnostics: bad };
    const [before, after] = sides;
    const ignored = options.ignore ?? [];
    const answer = this.#ask(rest, () => {
      const [one, other] = [before.project.#fresh(), after.project.#fresh()];
      const answer =
        one === other
          ? one.diff(before.name, after.name, bits, ignored)
          : one.diffWith(before.name, other, after.name, bits, ignored);
      this.#fresh().dropTexts();
      return answer;
    });
    const { texts = [], version, ...found } = answer;
    return { ...found, old: names[0], new: names[1], objects: found.objects.map((object, at) => ({ ...object, texts: texts[at] ?? null })) };
  }

  matrix(targets, options = {}) {
    const bits = bitsOf(options);
    const names = targets.map(target);
    const rest = { ok: false, environments: names, equal: 0, objects: [], diagnostics: [] };
    const { version, ...answer } = this.#ask(rest, (made) => {
      for (const name of names) made.prepare(name, bits);
      return made.matrix(names, bits, options.ignore ?? []);
    });
    return answer;
  }

  redactedText(path) {
    return engine.guarded(() => this.#fresh().redactedText(clean(path))).value;
  }
}
