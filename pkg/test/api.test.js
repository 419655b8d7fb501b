// What index.d.ts promises, beyond the bytes of builds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Project, unzip, version, zip } from "rustomize";
import { edit, init as initTools, setImage, validate } from "rustomize/tools";
import { engine } from "../dist/project.js";

const FILES = {
  "base/kustomization.yaml": "resources:\n- app.yaml\n- secret.yaml\n",
  "base/app.yaml": `# 😀 astral
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: example/web:1.0
        args: [--password, correct-horse-battery]
`,
  "base/secret.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: correct-horse-battery\n",
  "prod/kustomization.yaml":
    "# 😀 kept\nresources: [../base]\nnamespace: prod\nimages:\n- name: example/web # the image\n  newTag: '2.0'\nreplicas:\n- {name: web, count: 3}\n",
  "test/kustomization.yaml": "resources: [../base]\nnamespace: test\n",
};

/** Applies text edits as an editor does. */
function edited(text, edits) {
  let [out, at] = ["", 0];
  for (const { from, to, insert } of edits) {
    out += text.slice(at, from) + insert;
    at = to;
  }
  return out + text.slice(at);
}

const find = (result, kind) => result.resources.find((resource) => resource.kind === kind);

test("kustomizations are found, with who uses whom", () => {
  const found = new Project(FILES).findKustomizations();
  assert.deepEqual(found, [
    { path: "base", file: "base/kustomization.yaml", kind: "Kustomization", includes: [], includedBy: ["prod", "test"], isRoot: false },
    { path: "prod", file: "prod/kustomization.yaml", kind: "Kustomization", includes: ["base"], includedBy: [], isRoot: true },
    { path: "test", file: "test/kustomization.yaml", kind: "Kustomization", includes: ["base"], includedBy: [], isRoot: true },
  ]);
});

test("values of Secrets are hidden, wherever they stand, unless they are asked for", () => {
  const project = new Project(FILES);
  const hidden = project.build("prod");
  assert.ok(hidden.ok && hidden.redacted);
  assert.doesNotMatch(hidden.text, /battery/);
  assert.ok(find(hidden, "Secret").hidden && find(hidden, "Deployment").hidden);
  const shown = project.build("prod", { showSecrets: true });
  assert.equal(shown.text.match(/battery/g).length, 2);
  assert.equal(shown.redacted, false);
  for (const answer of [
    project.diff("test", "prod"),
    project.matrix(["test", "prod"]),
    project.lines("prod", find(hidden, "Secret").key),
    project.explainField("prod", find(hidden, "Secret").key, "stringData.password"),
    project.explainField("prod", find(hidden, "Deployment").key, "spec.template.spec.containers.0.args"),
  ]) {
    assert.ok(answer.ok);
    assert.doesNotMatch(JSON.stringify(answer), /battery/);
  }
  assert.match(project.redactedText("base/secret.yaml"), /password: •{21}\n/);
});

test("resources are parts of the text, lines have origins, values have a history", () => {
  const project = new Project(FILES);
  const result = project.build("prod");
  const web = find(result, "Deployment");
  const lines = result.text.slice(web.from, web.to).split("\n").slice(0, -1);
  assert.equal(lines.length, web.lineCount);
  assert.equal(result.text.split("\n")[web.line - 1], lines[0]);
  const origins = project.lines("prod", web.key).lines;
  assert.equal(origins.length, lines.length);
  const at = lines.findIndex((line) => line.includes("replicas: 3"));
  assert.equal(origins[at].directive.field, "replicas");
  assert.equal(origins[at].location.path, "prod/kustomization.yaml");
  const explained = project.explain("prod", web.key, at + 1);
  assert.equal(explained.field, "spec.replicas");
  assert.deepEqual(
    explained.steps.map((step) => [step.action, step.value, step.location.path]),
    [
      ["read", 1, "base/app.yaml"],
      ["set", 3, "prod/kustomization.yaml"],
    ],
  );
  const { location } = origins[lines.findIndex((line) => line.includes("name: web"))];
  assert.equal(FILES["base/app.yaml"].slice(location.from, location.to), "web");
});

test("positions are those of JavaScript", () => {
  const text = "# 😀\nresources: ['😀😀', gone.yaml]\n";
  const { ok, diagnostics } = new Project({ "kustomization.yaml": text }).build(".");
  assert.equal(ok, false);
  const gone = diagnostics.find((diagnostic) => diagnostic.message.includes("gone.yaml"));
  const { location } = gone;
  assert.equal(text.slice(location.from, location.to), "gone.yaml");
  assert.deepEqual([location.line, location.column], [2, "resources: ['😀😀', ".length + 1]);
});

test("an edit keeps the rest of the file, and is told as changes of its text", () => {
  const project = new Project(FILES);
  const before = project.read("prod/kustomization.yaml");
  const planned = setImage(project, "prod", "example/web:3.0");
  assert.ok(planned.ok);
  const [file] = planned.files;
  assert.equal(file.text, before.replace("'2.0'", "'3.0'"));
  assert.equal(edited(before, file.edits), file.text);
  assert.deepEqual(file.edits, [{ from: before.indexOf("2.0"), to: before.indexOf("2.0") + 1, insert: "3" }]);
  assert.equal(project.read("prod/kustomization.yaml"), before);
  const effect = project.clone();
  effect.apply(planned);
  const { objects } = project.diff("prod", { project: effect, target: "prod" });
  assert.deepEqual(
    objects.flatMap((object) => object.changes.map((change) => [change.path, change.old, change.new])),
    [["spec.template.spec.containers[name=web].image", "example/web:2.0", "example/web:3.0"]],
  );
  const commands = [
    { verb: "set replicas", replicas: ["web=5"] },
    { verb: "set namespace", value: "other" },
    { verb: "add label", entries: ["a:b"], withoutSelector: true },
    { verb: "set field", object: "Deployment/web", fields: ["spec.paused=true"] },
    { verb: "set workload image", workloads: ["Deployment/web"], images: ["example/web:9"] },
  ];
  for (const command of commands) {
    const planned = edit(project, "prod", command);
    assert.ok(planned.ok, JSON.stringify(planned.diagnostics));
    assert.ok(planned.files.length > 0, command.verb);
    for (const { path, edits, text } of planned.files) assert.equal(edited(project.read(path) ?? "", edits), text);
    effect.apply(planned);
    assert.ok(effect.build("prod").ok, command.verb);
  }
  const wrong = edit(project, "prod", { verb: "set replicas", replicas: ["web=many"] });
  assert.equal(wrong.ok, false);
  assert.ok(wrong.diagnostics.length > 0);
});

test("a change is seen by what reads the file, and by nothing else", () => {
  const project = new Project(FILES);
  const before = project.build("prod").text;
  project.set("base/app.yaml", FILES["base/app.yaml"].replace("--password", "--pass-phrase"));
  assert.match(project.build("prod").text, /--pass-phrase/);
  project.set("base/app.yaml", FILES["base/app.yaml"]);
  assert.equal(project.build("prod").text, before);
  project.set("prod/kustomization.yml", "resources: []\n");
  assert.equal(project.build("prod").diagnostics[0].code, "many-kustomizations");
  project.delete("prod/kustomization.yml");
  assert.equal(project.build("prod").text, before);
  project.rename("base", "below");
  assert.equal(project.build("prod").ok, false);
  assert.ok(project.rename("below", "base"));
  assert.equal(project.build("prod").text, before);
  assert.deepEqual(project.targetsOf("base/app.yaml"), ["prod", "test"]);
  assert.deepEqual(project.inputs("prod").files, [
    "base/app.yaml",
    "base/kustomization.yaml",
    "base/secret.yaml",
    "prod/kustomization.yaml",
  ]);
});

test("an engine that fails is replaced, and nothing is lost", () => {
  const project = new Project(FILES);
  const before = project.build("prod").text;
  const { fault } = engine.guarded(() => {
    throw new WebAssembly.RuntimeError("unreachable");
  });
  assert.equal(fault, "unreachable");
  assert.equal(project.build("prod").text, before);
  project.set("test/kustomization.yaml", "resources: [../base]\nnamespace: other\n");
  assert.match(project.build("test").text, /namespace: other/);
});

test("odd input is no reason to fail", () => {
  for (const content of ["", "\u0000", "a: b: c", "- ".repeat(5000), "{".repeat(100000), "&a [*a]", new Uint8Array([0xff, 0xfe, 0xd8])]) {
    const result = new Project({ "kustomization.yaml": content }).build(".");
    assert.equal(result.ok, false);
    assert.notEqual(result.diagnostics.length, 0);
    assert.ok(!result.diagnostics.some((diagnostic) => diagnostic.code === "internal-error"), JSON.stringify(result.diagnostics));
  }
  const project = new Project(FILES);
  assert.equal(project.build("nowhere").ok, false);
  assert.equal(project.lines("prod", "no/such/key").ok, false);
  assert.equal(project.explain("prod", "no/such/key", 7).ok, false);
  assert.equal(project.diff("prod", "nowhere").ok, false);
  assert.equal(project.diff("prod", { text: "a: [" }).ok, false);
  assert.equal(project.matrix(["prod", "nowhere"]).ok, false);
  assert.equal(project.images("nowhere").ok, false);
  assert.equal(project.inputs("nowhere").ok, false);
  assert.equal(project.redactedText("nowhere"), undefined);
});

test("images, checks and comparisons", () => {
  const project = new Project(FILES);
  const [image] = project.images("prod").images;
  assert.deepEqual([image.name, image.tag, image.container, image.directive.field], ["example/web", "2.0", "web", "images"]);
  assert.equal(image.resource, find(project.build("prod"), "Deployment").key);
  const rendered = project.build("prod", { showSecrets: true }).text;
  assert.equal(project.diff({ text: rendered, name: "cluster" }, "prod").equal, true);
  const { environments, objects } = project.matrix(["prod", "test"]);
  assert.deepEqual(environments, ["prod", "test"]);
  const rows = objects.flatMap((object) => object.fields);
  assert.deepEqual(rows.find((row) => row.path === "spec.replicas").values.map((cell) => cell.value), [3, 1]);
});

test("checks, of the files as they are", async () => {
  await initTools();
  const project = new Project(FILES);
  const fields = () => validate(project, "prod").findings.map((finding) => finding.field);
  assert.ok(validate(project, "prod").ok);
  assert.equal(validate(project, "prod", { kubernetes: "latest" }).ok, false);
  const before = fields();
  project.set("base/app.yaml", FILES["base/app.yaml"].replace("replicas: 1", "replicsa: 1"));
  assert.deepEqual(fields().filter((field) => !before.includes(field)), ["spec.replicsa"]);
  project.set("base/app.yaml", FILES["base/app.yaml"]);
  assert.deepEqual(fields(), before);
  project.delete("base");
  assert.equal(validate(project, "prod").ok, false);
  assert.equal(validate(new Project(FILES), "prod").ok, true);
});

test("zips are packed and unpacked", async () => {
  const files = { ...FILES, "empty.txt": "", "ü/😀.txt": "x".repeat(100000) };
  const packed = await zip(files);
  const unpacked = await unzip(packed);
  assert.deepEqual([...unpacked.keys()], Object.keys(files));
  for (const [path, content] of unpacked) assert.equal(new TextDecoder().decode(content), files[path]);
  const inDirectory = await zip(Object.entries(FILES).map(([path, content]) => [`project-main/${path}`, content]));
  const project = await Project.fromZip(inDirectory);
  assert.deepEqual(project.paths(), Object.keys(FILES).sort());
  await assert.rejects(unzip(packed, { maxBytes: 1000 }), RangeError);
  await assert.rejects(unzip(new Uint8Array(100)), /no zip/);
  await assert.rejects(unzip(packed, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("files of a browser are read", async () => {
  const file = (path, text) => Object.assign(new File([text], path.split("/").at(-1)), { webkitRelativePath: path });
  const list = Object.entries(FILES).map(([path, text]) => file(`shop/${path}`, text));
  const seen = [];
  const project = await Project.fromFileList([...list, file("shop/.git/config", "x")], { onProgress: (done) => seen.push(done) });
  assert.deepEqual(project.paths(), Object.keys(FILES).sort());
  assert.equal(seen.length, Object.keys(FILES).length);
  const directory = (tree) => ({
    kind: "directory",
    async *entries() {
      for (const [name, entry] of Object.entries(tree)) {
        if (typeof entry === "string") yield [name, { kind: "file", getFile: async () => new File([entry], name) }];
        else yield [name, directory(entry)];
      }
    },
  });
  const found = await Project.fromDirectory(directory({ a: { "kustomization.yaml": "x" }, ".git": { y: "z" } }));
  assert.deepEqual(found.paths(), ["a/kustomization.yaml"]);
});

test("versions", () => {
  assert.equal(version.kustomize, "v5.8.2");
  assert.match(version.rustomize, /^\d+\.\d+\.\d+/);
});
