// The built page as a table made once at start: exact path -> file. What is not in the table is not served, so no path can wander.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inlineHashes } from "./headers.ts";

const MOST_FILES = 5000;
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  webmanifest: "application/manifest+json",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  ico: "image/x-icon",
  woff2: "font/woff2",
  woff: "font/woff",
  ttf: "font/ttf",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  map: "application/json; charset=utf-8",
};

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  /** The name carries a hash of the content. */
  readonly immutable: boolean;
  readonly br?: string;
  readonly gz?: string;
}

export interface StaticIndex {
  readonly assets: ReadonlyMap<string, Asset>;
  /** Hashes of the inline scripts of every page, for the content policy. */
  readonly hashes: readonly string[];
}

/** Regular files below a folder, by path with "/"; symlinks are passed over. */
const filesBelow = (folder: string, prefix = ""): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return filesBelow(join(folder, entry.name), `${prefix}/${entry.name}`);
    return entry.isFile() ? [`${prefix}/${entry.name}`] : [];
  });

const assetOf = (folder: string, name: string, have: ReadonlySet<string>): Asset => {
  const path = join(folder, name);
  const { size, mtimeMs } = statSync(path);
  return {
    path,
    type: TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    etag: `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`,
    immutable: name.includes("/immutable/"),
    ...(have.has(`${name}.br`) ? { br: `${path}.br` } : {}),
    ...(have.has(`${name}.gz`) ? { gz: `${path}.gz` } : {}),
  };
};

/** Throws when the folder cannot be read. */
export const readStatic = (folder: string): StaticIndex => {
  const names = filesBelow(folder);
  if (names.length > MOST_FILES) throw new Error(`${folder} holds more than ${MOST_FILES} files`);
  const have = new Set(names);
  const packed = (name: string): boolean => /\.(br|gz)$/.test(name) && have.has(name.slice(0, -3));
  const assets = new Map(names.filter((name) => !packed(name)).map((name) => [name, assetOf(folder, name, have)]));
  const pages = names.filter((name) => name.endsWith(".html"));
  const hashes = [...new Set(pages.flatMap((name) => inlineHashes(readFileSync(join(folder, name), "utf8"))))];
  return { assets, hashes };
};
