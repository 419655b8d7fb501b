// A user of the package, for the type checker: `tsc` must find every call right, and every line marked wrong, wrong.

import { init, Project, unzip, version, zip } from "rustomize";
import { edit, init as initTools, setImage, validate } from "rustomize/tools";
import type { ValidateResult } from "rustomize/tools";
import type { BuildResult, Diagnostic, EditCommand, Files, Kustomization } from "rustomize";

export async function render(files: Files): Promise<string[]> {
  await init();
  await init(new URL("https://example.com/rustomize.wasm"));
  const project = new Project(files);
  project.set("kustomization.yaml", new Uint8Array());
  const roots: Kustomization[] = project.findKustomizations().filter((found) => found.isRoot);
  const results: BuildResult[] = roots.map((root) => project.build(root.path, { loadRestrictor: "none", showSecrets: true }));
  const errors: Diagnostic[] = results.flatMap((result) => result.diagnostics).filter((found) => found.severity === "error");
  const commands: EditCommand[] = [
    { verb: "set image", images: ["a:1"] },
    { verb: "set namespace", value: "x" },
  ];
  for (const command of commands) project.apply(edit(project, ".", command));
  project.apply(setImage(project, ".", "b:2", "c:3"));
  const difference = project.diff("a", { text: "…" }, { risks: true });
  const values: unknown[] = difference.objects.flatMap((object) => object.changes.map((change) => change.new));
  const archive: Map<string, Uint8Array> = await unzip(await zip(new Map([["a", "b"]])));
  await initTools();
  const checked: ValidateResult = validate(project, ".", { kubernetes: "1.37" });
  errors.push(...checked.findings);
  // @ts-expect-error there is no such option
  project.build(".", { restrictor: "none" });
  // @ts-expect-error there is no such verb
  edit(project, ".", { verb: "set everything" });
  // @ts-expect-error a value may be anything
  const text: string = project.explain(".", "key", 1).value;
  return [version.kustomize, ...errors.map((error) => error.message), text, String(values.length + archive.size)];
}
