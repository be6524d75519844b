// A made-up house for turns: things, tools that keep what was done to them, and policy as the pipeline decides it. For tests only.
import { z } from "zod";
import type { View } from "../../../../core/agent/reflex/answers.ts";
import type { Named } from "../../../../core/agent/turn/in-whose-name.ts";
import { NOTHING_SAID } from "../../../../core/agent/turn/memo.ts";
import { type Outcome, type Question, takeTurn } from "../../../../core/agent/turn/turn.ts";
import type { CallAnswer } from "../../../../core/contract/call.ts";
import type { Caller } from "../../../../core/contract/caller.ts";
import { Persona } from "../../../../core/contract/persona.ts";
import type { LiveResource } from "../../../../core/contract/resource.ts";
import type { BoundTool } from "../../../../core/tools/bound.ts";
import { decide } from "../../../../core/tools/policy.ts";
import { parseInput } from "../../../../core/tools/schema.ts";
import { createManualClock } from "../../../support/clock.ts";

export const at = "2026-11-22T21:54:00.000Z";
export const OPERATOR: Caller = { kind: "operator", id: "dashboard", scope: "admin", tainted: false };

const thing = (id: string, name: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  name,
  kind: z.enum(["node", "guest", "container", "storage", "service"]).parse(id.split("/")[0]),
  status: "up",
  stale: false,
  at,
  plugin: id.startsWith("container") ? "boats" : "farm",
  ...(id.startsWith("guest") ? { vmid: Number(id.split("/")[1]) } : {}),
  ...more,
});
export const resources: LiveResource[] = [
  thing("node/barn", "barn", { figures: { cpuPercent: 12 } }),
  thing("guest/201", "web1", { parent: "node/barn", figures: { cpuPercent: 3.4, memoryBytes: 1, memoryTotalBytes: 4 } }),
  thing("guest/202", "web2", { parent: "node/barn" }),
  thing("guest/203", "orchid", { parent: "node/barn", status: "down" }),
  thing("container/dock/nginx", "nginx"),
  thing("container/dock/postgres", "postgres"),
];

export const houseView = (more: Partial<View> = {}): View => ({
  nowMs: Date.parse(at),
  persona: Persona.parse({ name: "Jarvis" }),
  resources,
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
  ...more,
});

const tool = (name: string, effect: BoundTool["effect"], input: z.ZodType, target: (input: never) => string | undefined = () => undefined): BoundTool => ({
  name,
  plugin: name.split("_")[0] ?? "",
  title: name.replaceAll("_", " "),
  about: `${name}. More words.`,
  effect,
  input,
  deadlineMs: 1000,
  verifyMs: 1000,
  target: (given) => target(given as never),
  run: async () => ({ text: "" }),
});
const Guest = z.object({ vmid: z.number().int() });
const guest = ({ vmid }: { vmid: number }): string => `guest/${vmid}`;
const Box = z.object({ container: z.string(), host: z.string().optional() });
const box = ({ container }: { container: string }): string => `container/dock/${container}`;

export const tools: BoundTool[] = [
  tool("farm_guest_list", "read", z.object({})),
  tool("farm_guest_logs", "read", Guest.extend({ lines: z.number().optional() }), guest),
  tool("farm_guest_start", "reversible", Guest, guest),
  tool("farm_guest_shutdown", "disruptive", Guest.extend({ force: z.boolean().optional() }), guest),
  tool("farm_guest_stop", "disruptive", Guest, guest),
  tool("farm_guest_reboot", "disruptive", Guest, guest),
  tool("farm_guest_destroy", "destructive", Guest, guest),
  tool("farm_guest_migrate", "disruptive", Guest.extend({ to: z.string() }), guest),
  tool("farm_guest_snapshot_create", "reversible", Guest.extend({ name: z.string(), description: z.string().optional() }), guest),
  tool("farm_guest_snapshot_delete", "destructive", Guest.extend({ name: z.string() }), guest),
  tool("boats_container_list", "read", z.object({})),
  tool("boats_container_logs", "read", Box, box),
  tool("boats_container_restart", "disruptive", Box, box),
  tool("boats_container_stop", "disruptive", Box, box),
  tool("boats_container_start", "reversible", Box, box),
];

export interface Made {
  tool: string;
  input: unknown;
  as: Named;
}

/** What each tool says when it ran; else that it did. */
export type Says = (tool: BoundTool, input: unknown) => string | Partial<CallAnswer> | Error | undefined;

/** `effects`: what really happened; `asks`: what waits for a person; `refused`: what policy refused. */
export const createFarm = ({ says, mode = "act" }: { says?: Says; mode?: "observe" | "propose" | "act" } = {}) => {
  const clock = createManualClock(Date.parse(at));
  const [effects, asks, refused, looks]: [Made[], Made[], Made[], Made[]] = [[], [], [], []];
  let made = 0;

  const act = async (of: BoundTool, given: unknown, as: Named): Promise<CallAnswer> => {
    const input = parseInput(of, given);
    made += 1;
    const callId = `c${made}`;
    const kept = { tool: of.name, input, as };
    const ruling = decide(
      { tool: of.name, effect: of.effect, target: of.target(input), touches: [], caller: as.caller, bound: false, hold: as.hold },
      { mode, killLevel: undefined, rules: [], minute: () => 0, protect: [], self: { state: "outside", resources: [], words: "" } },
    );
    if (ruling.decision === "deny") {
      refused.push(kept);
      return { callId, state: "refused", rule: ruling.rule, text: ruling.words };
    }
    if (ruling.decision === "ask") {
      asks.push(kept);
      return { callId, state: "held", text: `Waits for a person: ${ruling.words}`, ask: `ask-${made}` };
    }
    (of.effect === "read" ? looks : effects).push(kept);
    const said = says?.(of, input);
    if (said instanceof Error) throw said;
    return { callId, state: "succeeded", text: typeof said === "string" ? said : `${of.name} ran.`, ...(typeof said === "object" ? said : {}) };
  };

  const ask = async (words: string, models: Question["models"], more: Partial<Question> & { view?: View; tools?: readonly BoundTool[] } = {}): Promise<Outcome> => {
    const { view = houseView(), tools: own = tools, ...rest } = more;
    return takeTurn(
      { clock, view: () => view, tools: () => own, act, redact: (given) => given.replaceAll("CANARY-1", "[redacted]") },
      { text: words, by: OPERATOR, models, memo: NOTHING_SAID, recalled: [], signal: new AbortController().signal, ...rest },
    );
  };

  return { clock, effects, asks, refused, looks, act, ask };
};
