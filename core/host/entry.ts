// What the host remembers of one bundled plugin.
import type { Bundled } from "./discover.ts";
import type { Grant } from "./grant.ts";
import type { PluginLiteral } from "./literal.ts";
import type { Running } from "./plugin-call.ts";

export interface Entry {
  readonly found: Bundled;
  state: "off" | "running" | "failed";
  literal?: PluginLiteral;
  grant?: Grant;
  config?: unknown;
  /** What connect() answered, while it runs. */
  client?: unknown;
  running?: Running;
  error?: string;
  unload?: () => Promise<void>;
}
