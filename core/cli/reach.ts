// Asks the running Jarvis: over its control socket first, else by a token over HTTP. Refuses with 69 when nobody answers.
import { existsSync } from "node:fs";
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { METHODS, type MethodName, type Result } from "../contract/wire.ts";
import type { Environment } from "../settings.ts";
import { EXIT, exitOfType } from "./exits.ts";
import { controlPath, readRunFile } from "./run-file.ts";
import { findDoor, nobodyThere, notOurs, tokenUnknown } from "./whom.ts";

const LONGEST_ANSWER_MS = 330_000;

export interface Answer<N extends MethodName> {
  /** As it came, unknown fields included: what --json prints. */
  readonly raw: unknown;
  readonly value: Result<N>;
}

export interface Jarvis {
  ask<N extends MethodName>(method: N, params: unknown): Promise<Answer<N>>;
  raw(method: string, params: unknown): Promise<unknown>;
}

const Reply = z.object({
  jsonrpc: z.literal("2.0"),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.looseObject({ type: z.string() }).optional() }).optional(),
});

const readReply = (text: string, status: number, url: string): unknown => {
  let parsed: z.infer<typeof Reply>;
  try {
    parsed = Reply.parse(JSON.parse(text));
  } catch (cause) {
    const refused = status === 401 || status === 403;
    const sentence = refused ? "the server there refused this credential" : "what answers there is no Jarvis";
    throw new JarvisError("upstream_garbage", { message: `${sentence} (${url}, HTTP ${status})`, cause, data: { exit: refused ? EXIT.notAllowed : EXIT.unreachable } });
  }
  if (parsed.error === undefined) return parsed.result;
  const type = parsed.error.data?.type ?? "bug";
  const issues = z.array(z.object({ path: z.string(), message: z.string() })).safeParse(parsed.error.data?.issues);
  throw new JarvisError("upstream", {
    message: parsed.error.message,
    data: { exit: exitOfType(type), wire: parsed.error },
    ...(issues.success ? { issues: issues.data } : {}),
  });
};

/** Over the control socket when it answers, else by token. */
export const reach = (environment: Environment): Jarvis => {
  const post = async (body: string): Promise<Response> => {
    const common = { method: "POST", body, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) };
    const headers = { "content-type": "application/json" };
    const unix = controlPath(environment.data, readRunFile(environment.data));
    if (existsSync(unix)) {
      const answer = await fetch("http://localhost/api/v1/rpc", { ...common, headers, unix }).catch(() => undefined);
      if (answer) return answer;
    }
    const { url, token, folder } = await findDoor(environment);
    if (token === undefined) throw nobodyThere(environment);
    const bearing = { ...headers, authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/v1/rpc`, { ...common, headers: bearing }).catch(() => Promise.reject(nobodyThere(environment)));
    if (answer.status === 401) throw folder === undefined ? tokenUnknown(url) : notOurs(url, folder);
    return answer;
  };

  const raw = async (method: string, params: unknown): Promise<unknown> => {
    const answer = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return readReply(await answer.text(), answer.status, answer.url);
  };

  return {
    raw,
    ask: async <N extends MethodName>(method: N, params: unknown) => {
      const answer = await raw(method, params);
      const parsed = METHODS[method].result.safeParse(answer);
      if (!parsed.success) throw new JarvisError("upstream_garbage", { message: `the answer to ${method} has another shape than this version knows` });
      return { raw: answer, value: parsed.data as Result<N> };
    },
  };
};
