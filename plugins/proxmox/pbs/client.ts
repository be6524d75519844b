// Reads of a Proxmox Backup Server with an API token. It only looks: no method but GET, no other server than the configured one.
import { type FetchAnswer, JarvisError, z } from "jarvis";
import { type Query, withQuery } from "../client/path.ts";
import type { Ctx } from "../context.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const LONGEST_WORDS = 200;

export type Server = NonNullable<Ctx["config"]["pbs"]>;
const Body = z.object({ data: z.unknown() });

const certificate = async (ctx: Ctx, { fingerprint, ca }: Server): Promise<{ tls?: { fingerprint?: string; ca?: string } }> => {
  if (fingerprint !== undefined) return { tls: { fingerprint } };
  if (ca === undefined) return {};
  return { tls: { ca: ca.includes("-----BEGIN CERTIFICATE-----") ? ca : await ctx.read(ca) } };
};

const refused = ({ status, statusText, body }: FetchAnswer, url: string, path: string, who: string): JarvisError => {
  const said = (body.trim() || statusText).replace(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, LONGEST_WORDS);
  if (status === 401)
    return new JarvisError("upstream_auth", {
      message: `The backup server ${url} does not know the token ${who} (${said}). Make it under Configuration > Access Control > API Token and set plugins.proxmox.pbs.token.`,
    });
  if (status === 403)
    return new JarvisError("upstream_denied", {
      message: `The backup server ${url} lets ${who} not read ${path} (${said}). It needs Datastore.Audit on /datastore and Sys.Audit on /system.`,
    });
  if (status === 404 && /^Path .* not found/i.test(said))
    return new JarvisError("upstream", { message: `This release of the backup server ${url} does not know GET ${path}.`, data: { reason: "unknown-path" } });
  if (status >= 500 || status === 400) return new JarvisError("upstream", { message: `The backup server ${url} failed at GET ${path}: ${status} ${said}.` });
  return new JarvisError("upstream_garbage", {
    message: `${url} answered ${status} to GET ${path} (${said}). Does plugins.proxmox.pbs.url name the API of a backup server (https, port 8007)?`,
  });
};

/** `user@realm!name`, without its secret. */
const whoOf = (token: string): string => token.split(/[:=]/)[0] ?? "";

/** GET below /api2/json, parsed by `shape`. */
export const readPbs = async <S extends z.ZodType>(ctx: Ctx, server: Server, path: string, shape: S, query?: Query): Promise<z.output<S>> => {
  const [who, secret] = server.token.split(/[:=]/);
  const answer = await ctx.fetch(`${server.url}/api2/json${withQuery(path, query)}`, {
    headers: { accept: "application/json", authorization: `PBSAPIToken=${who ?? ""}:${secret ?? ""}` },
    maxBytes: MAX_BYTES,
    ...(await certificate(ctx, server)),
  });
  if (answer.status < 200 || answer.status >= 300) throw refused(answer, server.url, path, whoOf(server.token));
  return shape.parse(Body.parse(JSON.parse(answer.body)).data);
};
