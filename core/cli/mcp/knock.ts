// One HTTP request to /mcp of the running Jarvis: over its control socket first, else by a token. Refuses with 69 when nobody answers.
import { existsSync } from "node:fs";
import type { Environment } from "../../settings.ts";
import { controlPath, readRunFile } from "../run-file.ts";
import { findDoor, nobodyThere, notOurs, tokenUnknown } from "../whom.ts";

export interface Knock {
  readonly method: "POST" | "GET" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type Knocking = (knock: Knock) => Promise<Response>;

const ACCEPT = { accept: "application/json, text/event-stream" } as const;

/** Found anew for each request: a Jarvis that was started again meanwhile is the same to who asks. */
export const createKnocking =
  (environment: Environment): Knocking =>
  async ({ method, headers, body, signal }) => {
    // A stream may be silent for as long as nothing changes.
    const common = { method, signal, timeout: false, ...(body === undefined ? {} : { body }) };
    const sent = { ...ACCEPT, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
    const unix = controlPath(environment.data, readRunFile(environment.data));
    if (existsSync(unix)) {
      const answer = await fetch("http://localhost/mcp", { ...common, headers: sent, unix }).catch((thrown: unknown) => (signal.aborted ? Promise.reject(thrown) : undefined));
      if (answer !== undefined) return answer;
    }
    const { url, token, folder } = await findDoor(environment);
    if (token === undefined) throw nobodyThere(environment);
    const bearing = { ...sent, authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/mcp`, { ...common, headers: bearing }).catch((thrown: unknown) => Promise.reject(signal.aborted ? thrown : nobodyThere(environment)));
    if (answer.status === 401) throw folder === undefined ? tokenUnknown(url) : notOurs(url, folder);
    return answer;
  };
