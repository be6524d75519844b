// The methods the edge answers by itself: credentials and the list of channels. Refuses names that are its own.
import { JarvisError } from "../contract/error.ts";
import type { Params, Result } from "../contract/wire.ts";
import type { Hub } from "../live/hub.ts";
import type { TokenStore } from "../store/tokens.ts";
import { CLI_TOKEN_NAME } from "./cli-token.ts";
import type { Codes } from "./codes.ts";

const TOKEN_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]*$/u;
const OWN_NAMES = new Set([CLI_TOKEN_NAME, "admin", "dashboard"]);

export const createEdgeFaces = ({ hub, tokens, codes, url }: { hub: Hub; tokens: TokenStore; codes: Codes; url: () => string }) => ({
  "channels.list": async (): Promise<Result<"channels.list">> => ({ channels: hub.list() }),
  "tokens.new": async ({ name, scope }: Params<"tokens.new">): Promise<Result<"tokens.new">> => {
    if (!TOKEN_NAME.test(name)) throw new JarvisError("bad_input", { message: "A token's name is letters, digits, spaces and . _ @ -.", path: "name" });
    if (OWN_NAMES.has(name.toLowerCase())) throw new JarvisError("bad_input", { message: `${name} is a name of Jarvis's own.`, path: "name" });
    const { id, token } = tokens.create(name, scope);
    return { id, name, scope, token };
  },
  "tokens.list": async (): Promise<Result<"tokens.list">> => ({ tokens: tokens.list() }),
  "tokens.revoke": async ({ id }: Params<"tokens.revoke">): Promise<Result<"tokens.revoke">> => {
    const named = tokens.get(id) ?? tokens.named(id);
    if (named === undefined) throw new JarvisError("not_found", { message: `There is no token ${id}.` });
    return { revoked: tokens.revoke(named.id) };
  },
  "login.code": async (): Promise<Result<"login.code">> => ({ ...codes.issue(), url: url() }),
});

export type EdgeFaces = ReturnType<typeof createEdgeFaces>;
