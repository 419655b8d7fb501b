// Options as the engine takes them: one number, a bit for each. `src/options.rs` and `src/edit.rs` have the same lists.

/** The bits of what is on, the first one lowest. */
const bits = (...all) => all.reduce((sum, isOn, bit) => (isOn ? sum | (1 << bit) : sum), 0);

export function bitsOf(options = {}) {
  return bits(
    options.loadRestrictor === "none",
    options.reorder === "legacy",
    options.reorder === "none",
    options.managedByLabel,
    options.mergeCustomLists,
    options.showSecrets,
    options.generated,
    options.risks,
    options.texts,
  );
}

/** Takes an edit command apart: arguments, what they are about, bits. */
export function partsOf(command) {
  const one = (value) => (value === undefined ? [] : [value]);
  const args =
    command.images ?? command.fields ?? command.replicas ?? command.entries ?? command.paths ?? command.keys ?? one(command.value);
  const more = command.workloads ?? one(command.object);
  const flags = bits(
    command.force,
    command.withoutSelector,
    command.includeTemplates,
    command.ignoreNonExistence,
    command.string,
    command.vars,
  );
  return { args: args.map(String), more: more.map(String), bits: flags };
}
