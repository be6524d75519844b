// Answers from the built page: precompressed, cached by hash, index.html for navigations. Refuses every path that is not in the table.
import { JarvisError } from "../contract/error.ts";
import type { Asset, StaticIndex } from "./static-index.ts";

/** A page of the app: plain words and slashes, so no dots, escapes or backslashes can hide in it. */
const PAGE = /^\/[a-zA-Z0-9_-]*(\/[a-zA-Z0-9_-]+)*\/?$/;

const takes = (headers: Headers, encoding: string): boolean =>
  (headers.get("accept-encoding") ?? "").split(",").some((part) => {
    const [name = "", ...rest] = part.split(";").map((piece) => piece.trim().toLowerCase());
    return name === encoding && !rest.some((piece) => /^q=0(\.0*)?$/.test(piece));
  });

const isNavigation = (headers: Headers): boolean => {
  const mode = headers.get("sec-fetch-mode");
  return (mode === null || mode === "navigate") && (headers.get("accept") ?? "").includes("text/html");
};

const packedFor = (asset: Asset, headers: Headers): { path: string; encoding?: string } => {
  if (asset.br !== undefined && takes(headers, "br")) return { path: asset.br, encoding: "br" };
  if (asset.gz !== undefined && takes(headers, "gzip")) return { path: asset.gz, encoding: "gzip" };
  return { path: asset.path };
};

/** `rawPath`: the path as it was sent, before anything decoded or shortened it. Throws not_found. */
export const answerStatic = (index: StaticIndex | undefined, request: Request, rawPath: string): Response => {
  if (index === undefined) throw new JarvisError("not_found", { message: "The dashboard is not built; `./jarvis start` builds it." });
  const { headers } = request;
  const exact = index.assets.get(rawPath) ?? index.assets.get(rawPath === "/" ? "/index.html" : `${rawPath}.html`);
  const asset = exact ?? (PAGE.test(rawPath) && isNavigation(headers) ? index.assets.get("/index.html") : undefined);
  if (asset === undefined) throw new JarvisError("not_found");
  const { path, encoding } = packedFor(asset, headers);
  const etag = encoding === undefined ? asset.etag : `${asset.etag.slice(0, -1)}-${encoding}"`;
  const known: Record<string, string> = {
    etag,
    vary: "accept-encoding",
    "cache-control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: known });
  return new Response(Bun.file(path), { headers: { ...known, "content-type": asset.type, ...(encoding === undefined ? {} : { "content-encoding": encoding }) } });
};
