// Zip archives, packed and unpacked with what browsers and Node have: no encryption, no archives beyond 4 GiB.

import { counter, isTaken, withoutRoot } from "./read.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const UTF8 = 1 << 11;
const END_LENGTH = 22;
const COMMENT_MAX = 0xffff;

async function bytesOf(zip) {
  if (zip instanceof Blob) return new Uint8Array(await zip.arrayBuffer());
  if (ArrayBuffer.isView(zip)) return new Uint8Array(zip.buffer, zip.byteOffset, zip.byteLength);
  return new Uint8Array(zip);
}

/** Sends bytes through a (de)compressor, and stops where more come out than are wanted. */
async function through(bytes, stream, most = Infinity) {
  const writer = stream.writable.getWriter();
  // What goes wrong is told by the reader.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const parts = [];
  let length = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError("rustomize: a file in the zip is longer than the zip says");
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Lists what is in an archive. */
function entries(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = () => new Error("rustomize: this is no zip, or it is broken");
  let end = bytes.length - END_LENGTH;
  const first = Math.max(0, end - COMMENT_MAX);
  while (end >= first && view.getUint32(end, true) !== END) end -= 1;
  if (end < first) throw broken();
  const n = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const found = [];
  try {
    for (let entry = 0; entry < n; entry += 1) {
      if (view.getUint32(at, true) !== ENTRY) throw broken();
      const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
      const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
      const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
      const local = view.getUint32(at + 42, true);
      const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
      at += 46 + name + extra + comment;
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      if (view.getUint32(local, true) !== LOCAL || start + packed > bytes.length) throw broken();
      found.push({ path, flags, method, size, data: bytes.subarray(start, start + packed) });
    }
  } catch (error) {
    // A number that lies outside the file.
    throw error instanceof RangeError ? broken() : error;
  }
  return found;
}

export async function unzip(zip, options = {}) {
  const wanted = entries(await bytesOf(zip)).filter(({ path }) => !path.endsWith("/") && isTaken(path, options));
  const count = counter(options);
  const files = new Map();
  for (const { path, flags, method, size, data } of wanted) {
    options.signal?.throwIfAborted();
    if (flags & 1) throw new Error(`rustomize: \`${path}\` in the zip is encrypted`);
    if (method !== 0 && method !== 8) throw new Error(`rustomize: \`${path}\` in the zip is packed in an unknown way`);
    count(size);
    const content = method === 0 ? data.slice() : await through(data, new DecompressionStream("deflate-raw"), size);
    files.set(path, content);
    options.onProgress?.(files.size, wanted.length);
  }
  return withoutRoot(files);
}

let table = null;

function crc32(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255];
  return ~crc >>> 0;
}

/** The first of January 1980: an archive of the same files is the same. */
const DATE = 0x21;

export async function zip(files) {
  const list = typeof files[Symbol.iterator] === "function" ? files : Object.entries(files);
  const encoder = new TextEncoder();
  const [parts, directory] = [[], []];
  let at = 0;
  let n = 0;
  for (const [path, content] of list) {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    const packed = await through(bytes, new CompressionStream("deflate-raw"));
    const name = encoder.encode(path);
    const head = new DataView(new ArrayBuffer(30));
    const entry = new DataView(new ArrayBuffer(46));
    const both = [20, UTF8, 8, 0, DATE];
    both.forEach((value, field) => head.setUint16(4 + 2 * field, value, true));
    entry.setUint16(4, 20, true);
    both.forEach((value, field) => entry.setUint16(6 + 2 * field, value, true));
    head.setUint32(0, LOCAL, true);
    entry.setUint32(0, ENTRY, true);
    for (const [view, first] of [[head, 14], [entry, 16]]) {
      view.setUint32(first, crc32(bytes), true);
      view.setUint32(first + 4, packed.length, true);
      view.setUint32(first + 8, bytes.length, true);
      view.setUint16(first + 12, name.length, true);
    }
    entry.setUint32(42, at, true);
    parts.push(new Uint8Array(head.buffer), name, packed);
    directory.push(new Uint8Array(entry.buffer), name);
    at += 30 + name.length + packed.length;
    n += 1;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(END_LENGTH));
  end.setUint32(0, END, true);
  end.setUint16(8, n, true);
  end.setUint16(10, n, true);
  end.setUint32(12, length, true);
  end.setUint32(16, at, true);
  return new Uint8Array(await new Blob([...parts, ...directory, new Uint8Array(end.buffer)]).arrayBuffer());
}
