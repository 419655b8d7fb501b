// What a panic said, kept for the result of the call that it ended.

let message = null;

/** Called by the engine. */
export function panicked(text) {
  message = text;
}

/** Returns what was said since it was last asked. */
export function takePanic() {
  const text = message;
  message = null;
  return text;
}
