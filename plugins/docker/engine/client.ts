// All the engines of the configuration and what is known of each: what connect() hands to monitors and tools. Opens nothing by itself.
import type { Config, HostConfig } from "../config.ts";
import type { State } from "../monitor/state.ts";
import { createEngine, type Engine } from "./survey.ts";

export interface Client {
  readonly engines: readonly Engine[];
  /** What the run before this one showed last, and the asking for it. */
  readonly former: { asked?: Promise<void>; shown?: { readonly state: State; readonly at: string } };
}

const wordsOf = (host: HostConfig): string => ("socket" in host ? host.socket : "url" in host ? host.url : host.ssh);

export const createClient = (config: Config): Client => ({
  engines: Object.entries(config.hosts).map(([name, host]) => createEngine({ name, words: wordsOf(host), host })),
  former: {},
});
