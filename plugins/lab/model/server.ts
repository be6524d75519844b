// The listener of the lab's model, on loopback. It is all that costs anything before somebody asks: what answers is loaded by the first request.
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { World } from "../world/state.ts";
import { MODEL } from "./about.ts";
import type { ModelOrder } from "./serve.ts";

/** The node whose llama-server the reference house asks. */
const HOST = "Home";

export interface ModelWhereabouts {
  name: string;
  /** For the Messages API. */
  url: string;
  /** For what speaks OpenAI's dialect. */
  openai: string;
  key: string;
}

export const whereabouts = (url: string, key: string): ModelWhereabouts => ({ name: MODEL, url, openai: `${url}/v1`, key });

/** Of this folder, always the same. */
export const modelKey = (secret: string): string => `lab-${createHmac("sha256", secret).update(MODEL).digest("hex").slice(0, 40)}`;

export const modelHostIsUp = (world: World): boolean => (world.nodes.get(HOST)?.power ?? "on") === "on";

export function createModelServer(order: ModelOrder): Server {
  let serve: Promise<ReturnType<typeof import("./serve.ts")["createServe"]>> | undefined;
  return createServer((request, response) => {
    serve ??= import("./serve.ts").then(({ createServe }) => createServe(order));
    serve.then((answer) => answer(request, response)).catch(() => request.socket.destroy());
  });
}
