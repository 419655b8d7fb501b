// Files from a browser: a list of them, or a directory.

const BYTES_MAX = 256 * 1024 * 1024;
/** Directories that no kustomization is in. */
const SKIPPED = new Set([".git", "node_modules"]);

export function isTaken(path, options) {
  if (options.filter !== undefined) return options.filter(path);
  return !path.split("/").slice(0, -1).some((part) => SKIPPED.has(part));
}

/** Counts bytes, and ends where there are too many. */
export function counter(options) {
  const most = options.maxBytes ?? BYTES_MAX;
  let bytes = 0;
  return (more) => {
    bytes += more;
    if (bytes > most) throw new RangeError(`rustomize: the files are longer than ${most} bytes together`);
  };
}

/** Takes away the name of the one directory that all paths begin with. */
export function withoutRoot(files) {
  const first = files.keys().next().value ?? "";
  const root = first.slice(0, first.indexOf("/") + 1);
  if (root === "") return files;
  const paths = [...files.keys()];
  if (!paths.every((path) => path.startsWith(root))) return files;
  return new Map([...files].map(([path, content]) => [path.slice(root.length), content]));
}

async function readAll(found, options) {
  const files = new Map();
  const count = counter(options);
  let done = 0;
  for (const [path, open] of found) {
    options.signal?.throwIfAborted();
    const file = await open();
    count(file.size);
    files.set(path, new Uint8Array(await file.arrayBuffer()));
    done += 1;
    options.onProgress?.(done, found.length);
  }
  return files;
}

export async function readFileList(list, options = {}) {
  const found = [];
  for (const file of list) {
    const path = file.webkitRelativePath || file.name;
    if (isTaken(path, options)) found.push([path, async () => file]);
  }
  return withoutRoot(await readAll(found, options));
}

export async function readDirectory(directory, options = {}) {
  const found = [];
  const open = [["", directory]];
  while (open.length > 0) {
    options.signal?.throwIfAborted();
    const [path, handle] = open.pop();
    for await (const [name, entry] of handle.entries()) {
      const below = path + name;
      if (entry.kind === "directory") {
        if (isTaken(`${below}/`, options)) open.push([`${below}/`, entry]);
      } else if (isTaken(below, options)) {
        found.push([below, () => entry.getFile()]);
      }
    }
  }
  return readAll(found, options);
}
