// A plugin's files: read, list and write where it was granted to, regular files only, through no link that leads elsewhere.
import { constants } from "node:fs";
import { type FileHandle, open, opendir, realpath } from "node:fs/promises";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Grant } from "./grant.ts";
import { grantedPath } from "./path-grant.ts";

const MOST_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 10_000;

export const createFiles = (grant: Grant): Pick<Context<unknown, unknown>, "read" | "list" | "write"> => {
  const granted = async (name: "read" | "write", path: string): Promise<string> => {
    const real = await grantedPath(grant, name, path);
    if (real === undefined) throw new JarvisError("permission", { message: `This plugin was not granted ${name}: ${path}.`, data: { permission: name, value: path } });
    return real;
  };

  /** Opened without following a last link, then looked at again: a folder swapped for a link meanwhile is found out. */
  const opened = async <T>(real: string, flags: number, use: (file: FileHandle, bytes: number) => Promise<T>): Promise<T> => {
    const file = await open(real, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600).catch((thrown: unknown) => {
      throw failed(real, thrown);
    });
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new JarvisError("bad_input", { message: `${real} is no regular file.` });
      if ((await realpath(real)) !== real) throw new JarvisError("permission", { message: `${real} changed while it was opened.` });
      return await use(file, found.size);
    } finally {
      await file.close();
    }
  };

  const read = async (path: string): Promise<string> =>
    opened(await granted("read", path), constants.O_RDONLY, async (file, bytes) => {
      // As large as the file says it is, and no larger: many small files are read, and it may have grown meanwhile.
      let buffer = Buffer.alloc(Math.min(MOST_BYTES, bytes) + 1);
      let size = 0;
      for (;;) {
        if (size === buffer.length) buffer = Buffer.concat([buffer], Math.min(MOST_BYTES + 1, 2 * size));
        const { bytesRead } = await file.read(buffer, size, buffer.length - size, null);
        size += bytesRead;
        if (size > MOST_BYTES) throw new JarvisError("too_large", { message: `${path} is larger than the ${MOST_BYTES} bytes a plugin may read.` });
        if (bytesRead === 0) return buffer.toString("utf8", 0, size);
      }
    });

  const list = async (path: string): Promise<string[]> => {
    const real = await granted("read", path);
    const names: string[] = [];
    const folder = await opendir(real).catch((thrown: unknown) => {
      throw failed(real, thrown);
    });
    for await (const entry of folder) {
      names.push(entry.name);
      if (names.length >= MOST_ENTRIES) break;
    }
    return names.sort();
  };

  const write = async (path: string, text: string): Promise<void> => {
    if (Buffer.byteLength(text) > MOST_BYTES) throw new JarvisError("too_large", { message: `A plugin may write ${MOST_BYTES} bytes at once.` });
    await opened(await granted("write", path), constants.O_WRONLY | constants.O_CREAT, async (file) => {
      await file.truncate(0);
      await file.writeFile(text);
    });
  };

  return { read, list, write };
};

const failed = (path: string, thrown: unknown): JarvisError => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return new JarvisError("not_found", { message: `${path} does not exist.`, cause: thrown });
  return new JarvisError("unavailable", { message: `${path} could not be opened (${code}).`, cause: thrown });
};
