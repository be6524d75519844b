// Reads a plugin's folder or single file as bytes: regular files inside it, no links, 5 MiB together. Executes, bundles and transpiles nothing.
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative } from "node:path";

const MOST_BYTES = 5 * 1024 * 1024;
const MOST_FILES = 2000;
const MOST_DEEP = 12;

export interface Content {
  /** SHA-256 over every path and its bytes, in order of the paths. */
  readonly hash: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Throws an Error whose words say what is wrong with the folder. */
export const readFolder = (path: string): Content => {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) throw new Error(`${path} is a link; a plugin is a folder or file of its own.`);
  const paths = found.isDirectory() ? filesIn(path, 0) : [path];
  if (paths.length > MOST_FILES) throw new Error(`${path} holds more than ${MOST_FILES} files.`);
  const hash = createHash("sha256");
  let bytes = 0;
  const files = paths.sort().map((file) => {
    const content = bytesOf(file, MOST_BYTES - bytes, path);
    const name = relative(path, file);
    bytes += content.length;
    hash.update(`${name.length}:${name}:${content.length}:`).update(content);
    return name;
  });
  return { hash: hash.digest("hex"), bytes, files };
};

const filesIn = (folder: string, depth: number): string[] => {
  if (depth > MOST_DEEP) throw new Error(`${folder} lies deeper than ${MOST_DEEP} folders.`);
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) throw new Error(`${path} is a link; a plugin's folder holds regular files only.`);
    if (entry.isDirectory()) files.push(...filesIn(path, depth + 1));
    else if (entry.isFile()) files.push(path);
    else throw new Error(`${path} is no regular file.`);
    if (files.length > MOST_FILES) return files;
  }
  return files;
};

const bytesOf = (file: string, left: number, root: string): Buffer => {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(handle);
    if (!fstatSync(handle).isFile()) throw new Error(`${file} is no regular file.`);
    const buffer = Buffer.alloc(Math.min(size, left) + 1);
    let read = 0;
    for (let more = -1; more !== 0 && read < buffer.length; read += more) more = readSync(handle, buffer, read, buffer.length - read, null);
    if (read > left) throw new Error(`${root} holds more than ${MOST_BYTES / 1024 / 1024} MiB.`);
    return buffer.subarray(0, read);
  } finally {
    closeSync(handle);
  }
};
