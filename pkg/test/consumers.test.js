// The package as users get it: packed, unpacked into projects of their own, and used from Node, a bundler and a plain page.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";

const PACKAGE = new URL("..", import.meta.url).pathname;
/** `npm pack` must hold these and nothing else. */
const CONTENT = [
  "LICENSE",
  "README.md",
  "dist/engine.js",
  "dist/glue.js",
  "dist/index.js",
  "dist/node.js",
  "dist/options.js",
  "dist/panic.js",
  "dist/project-tools.js",
  "dist/project.js",
  "dist/read.js",
  "dist/rustomize.wasm",
  "dist/tools-glue.js",
  "dist/tools-node.js",
  "dist/tools.js",
  "dist/tools.wasm",
  "dist/version.js",
  "dist/zip.js",
  "index.d.ts",
  "package.json",
  "tools.d.ts",
];
const USER = `
  const project = new Project({ "kustomization.yaml": "configMapGenerator: [{name: a, literals: [k=v]}]" });
  const { text } = project.build(".");
`;
const EXPECTED = "apiVersion: v1\ndata:\n  k: v\nkind: ConfigMap\nmetadata:\n  name: a-bdg947hgcc\n";
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

let consumer;
const run = (program, args) => execFileSync(program, args, { cwd: consumer, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

before(() => {
  consumer = mkdtempSync(join(tmpdir(), "rustomize-consumer-"));
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer], { cwd: PACKAGE, encoding: "utf8" }));
  assert.deepEqual(packed.files.map((file) => file.path).sort(), CONTENT);
  // What `npm install` does with a package that depends on nothing.
  mkdirSync(join(consumer, "node_modules/rustomize"), { recursive: true });
  run("tar", ["xzf", packed.filename, "-C", "node_modules/rustomize", "--strip-components=1"]);
  writeFileSync(join(consumer, "package.json"), '{ "type": "module" }');
});

after(() => rmSync(consumer, { recursive: true, force: true, maxRetries: 5 }));

test("Node", () => {
  writeFileSync(join(consumer, "main.js"), `import { Project } from "rustomize";${USER}process.stdout.write(text);`);
  assert.equal(run("node", ["main.js"]), EXPECTED);
});

test("the README's example", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const [example, tools] = Array.from(readme.matchAll(/```js tested\n([\s\S]*?)```/g), ([, code]) => code);
  const [printed, found] = Array.from(readme.matchAll(/It prints\n\n```text\n([\s\S]*?)```/g), ([, text]) => text);
  writeFileSync(join(consumer, "readme.js"), example);
  assert.equal(run("node", ["readme.js"]), printed);
  writeFileSync(join(consumer, "edits.js"), `${example}{\n${tools}}\n`);
  assert.equal(run("node", ["edits.js"]), printed + found);
});

test("TypeScript", () => {
  run("node", [join(PACKAGE, "node_modules/typescript/bin/tsc"), "--project", join(PACKAGE, "test")]);
});

/** Serves the consumer's directory, opens a page of it without a network, and returns what the page reports. */
async function opened(page) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const asked = [];
  let report;
  const said = new Promise((resolve) => {
    report = resolve;
  });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    asked.push(path);
    if (request.method === "POST") {
      let text = "";
      for await (const part of request) text += part;
      response.end();
      return report(text);
    }
    const file = join(consumer, path);
    if (!existsSync(file)) return response.writeHead(404).end();
    // Scripts from here only, and nothing may be fetched from elsewhere.
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "text/plain", "Content-Security-Policy": policy });
    return response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/${page}`;
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${join(consumer, `profile-${page.replaceAll("/", "-")}`)}`];
  const browser = spawn(CHROMIUM, [...flags, url], { stdio: "ignore" });
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the page says nothing; it asked for ${asked.join(" ")}`)), 60_000).unref();
  });
  try {
    return await Promise.race([said, late]);
  } finally {
    browser.kill();
    await new Promise((resolve) => browser.once("exit", resolve));
    server.close();
    server.closeAllConnections();
  }
}

const say = 'fetch("/said", { method: "POST", body: text });';
const html = (script) => `<!doctype html><title>x</title><body><script type="module" src="${script}"></script>`;

test("a bundler, in a browser", { skip: CHROMIUM === undefined && "there is no Chromium" }, async () => {
  writeFileSync(
    join(consumer, "app.js"),
    `import { init, Project } from "rustomize"; import url from "rustomize/rustomize.wasm"; await init(new URL(url, import.meta.url));${USER}${say}`,
  );
  const esbuild = join(PACKAGE, "node_modules/.bin/esbuild");
  run(esbuild, ["app.js", "--bundle", "--minify", "--format=esm", "--loader:.wasm=file", "--outdir=out", "--log-level=error"]);
  writeFileSync(join(consumer, "out/index.html"), html("app.js"));
  assert.equal(await opened("out/index.html"), EXPECTED);
});

test("a plain page", { skip: CHROMIUM === undefined && "there is no Chromium" }, async () => {
  writeFileSync(join(consumer, "plain.js"), `import { init, Project } from "./node_modules/rustomize/dist/index.js"; await init();${USER}${say}`);
  writeFileSync(join(consumer, "plain.html"), html("plain.js"));
  assert.equal(await opened("plain.html"), EXPECTED);
});

test("edits and checks, in a browser that asks for them", { skip: CHROMIUM === undefined && "there is no Chromium" }, async () => {
  const from = "./node_modules/rustomize/dist/tools.js";
  const text = `const { init: more, edit, validate } = await import(FROM); await Promise.all([more(), more()]);
    project.apply(edit(project, ".", { verb: "set namespace", value: "x" }));
    const said = [validate(project, ".").objects, text.length, project.build(".").text.includes("namespace: x")].join();`;
  const script = `import { init, Project } from "./node_modules/rustomize/dist/index.js"; await init();${USER}${text.replace("FROM", JSON.stringify(from))}`;
  writeFileSync(join(consumer, "tools.js"), `${script}${say.replace("text", "said")}`);
  writeFileSync(join(consumer, "tools.html"), html("tools.js"));
  assert.equal(await opened("tools.html"), `1,${EXPECTED.length},true`);
});

test("a worker", { skip: CHROMIUM === undefined && "there is no Chromium" }, async () => {
  writeFileSync(join(consumer, "worker.js"), `import { init, Project } from "./node_modules/rustomize/dist/index.js"; await init();${USER}postMessage(text);`);
  writeFileSync(join(consumer, "user.js"), `new Worker("worker.js", { type: "module" }).onmessage = ({ data: text }) => { ${say} };`);
  writeFileSync(join(consumer, "worker.html"), html("user.js"));
  assert.equal(await opened("worker.html"), EXPECTED);
});
