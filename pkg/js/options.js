// Options as the engine takes them: one number, a bit for each. `src/options.rs` and `src/edit.rs` have the same lists.

export function bitsOf(options = {}) {
  let bits = 0;
  const set = (is, bit) => {
    if (is) bits |= 1 << bit;
  };
  set(options.loadRestrictor === "none", 0);
  set(options.reorder === "legacy", 1);
  set(options.reorder === "none", 2);
  set(options.managedByLabel, 3);
  set(options.mergeCustomLists, 4);
  set(options.showSecrets, 5);
  set(options.generated, 6);
  set(options.risks, 7);
  set(options.texts, 8);
  return bits;
}

/** Takes an edit command apart: arguments, what they are about, bits. */
export function partsOf(command) {
  let bits = 0;
  const set = (is, bit) => {
    if (is) bits |= 1 << bit;
  };
  set(command.force, 0);
  set(command.withoutSelector, 1);
  set(command.includeTemplates, 2);
  set(command.ignoreNonExistence, 3);
  set(command.string, 4);
  set(command.vars, 5);
  const one = (value) => (value === undefined ? [] : [value]);
  const args =
    command.images ?? command.fields ?? command.replicas ?? command.entries ?? command.paths ?? command.keys ?? one(command.value);
  const more = command.workloads ?? one(command.object);
  return { args: args.map(String), more: more.map(String), bits };
}
