// What sources send by themselves, at /api/v1/ingest/PLUGIN/...: secret, rate, size and packing are checked here; what it means is the plugin's. Refuses everybody while the plugin takes nothing.
import { gunzip } from "node:zlib";
import { JarvisError } from "../contract/error.ts";
import { hashOf, sameHash } from "../store/secret.ts";
import { json, tooOften } from "./answer.ts";
import type { Buckets } from "./bucket.ts";
import type { CoreFaces, Intake } from "./faces.ts";
import type { Peer } from "./peer.ts";
import { INGEST } from "./routes.ts";

/** As sent, and unpacked. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** Bodies held in memory at the same time. */
const MOST_AT_ONCE = 4;
/** Requests by plugin. */
export const INGEST_RATE = { perSecond: 40, burst: 400 } as const;
const TARGET = /^([a-z][a-z0-9-]{0,31})(\/[A-Za-z0-9._~/-]{0,200})?$/;
const CREDENTIAL = /^(?:Bearer|Token)\s+(\S{1,500})$/i;

interface Options {
  core: Pick<CoreFaces, "intake">;
  rates: { plugin: Buckets; wrong: Buckets };
}

const tooLarge = (): JarvisError =>
  new JarvisError("too_large", { message: `More than ${MOST_BYTES} bytes at once are not taken; let the sender cut its batches smaller (its max-body-size).` });

const collect = async (request: Request): Promise<Uint8Array> => {
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BYTES) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > MOST_BYTES) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

/** Off the loop, and never larger than what is taken plain. */
const unzipped = (bytes: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) =>
    gunzip(bytes, { maxOutputLength: MOST_BYTES }, (failure, plain) => {
      if (failure === null) return resolve(plain);
      const large = "code" in failure && failure.code === "ERR_BUFFER_TOO_LARGE";
      reject(large ? tooLarge() : new JarvisError("invalid_request", { message: "The body is no whole gzip.", cause: failure }));
    }),
  );

const textOf = async (request: Request): Promise<string> => {
  const packing = (request.headers.get("content-encoding") ?? "identity").toLowerCase();
  if (packing !== "identity" && packing !== "gzip") throw new JarvisError("invalid_request", { message: "A body is taken plain or as gzip." });
  const bytes = await collect(request);
  const plain = packing === "gzip" ? await unzipped(bytes) : bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (thrown) {
    throw new JarvisError("parse", { message: "The body is not UTF-8.", cause: thrown });
  }
};

export const createIngest = ({ core, rates }: Options) => {
  let open = 0;

  const admit = (request: Request, plugin: string, ip: string): Intake => {
    const intake = core.intake?.(plugin);
    if (intake === undefined) throw new JarvisError("not_found", { message: "Nothing is taken here: a plugin takes what is pushed only when its section of jarvis.yaml says so." });
    const shown = CREDENTIAL.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if (!sameHash(hashOf(shown), hashOf(intake.secret))) {
      const seconds = rates.wrong.take(ip);
      throw seconds > 0
        ? tooOften(seconds)
        : new JarvisError("unauthorised", { message: "That is not the token this plugin is configured with; it comes as `Authorization: Token ...` or `Bearer ...`." });
    }
    const seconds = rates.plugin.take(plugin);
    if (seconds > 0) throw tooOften(seconds);
    return intake;
  };

  return async (request: Request, path: string, { ip }: Peer): Promise<Response> => {
    const [, plugin, rest = ""] = TARGET.exec(path.slice(INGEST.length)) ?? [];
    if (plugin === undefined) throw new JarvisError("not_found");
    const intake = admit(request, plugin, ip);
    // Who sets a sender up lets it look first whether anybody is there.
    if (request.method === "GET") return json({ status: "pass" });
    if (request.method !== "POST") throw new JarvisError("invalid_request", { message: "What is pushed comes by POST." });
    if (open >= MOST_AT_ONCE) throw new JarvisError("unavailable", { message: "Too much is being pushed at once; try again.", data: { retryAfterSeconds: 1 } });
    open += 1;
    try {
      const contentType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
      await intake.take({ path: rest, contentType, body: await textOf(request) });
      return contentType === "application/json" ? json({}) : new Response(null, { status: 204 });
    } finally {
      open -= 1;
    }
  };
};
