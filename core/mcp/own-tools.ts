// The few tools that are the core's own and no plugin's: hold all, look at a call again, what there is, what is wrong. None approves, releases or raises anything.
import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import { z } from "zod";
import { type Caller, reaches, type Scope } from "../contract/caller.ts";
import { KillLevel } from "../contract/wire.ts";
import type { OfferedTool } from "./catalogue.ts";
import type { McpFaces, Visitor } from "./faces.ts";
import { HOLD_TOOL } from "./hold-tool.ts";
import { mistaken, resultOf } from "./outcome.ts";
import { marked, plainData } from "./outside.ts";
import { rooted } from "./schema.ts";

const MOST_WAIT_SECONDS = 60;
const MOST_TOLD = 200;

interface Own {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly scope: Scope;
  readonly hints: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean; readonly idempotentHint: boolean };
  readonly input: z.ZodType;
  readonly run: (input: unknown, caller: Caller, signal: AbortSignal) => Promise<CallToolResult>;
}

const READ = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;

const told = (from: string, data: Record<string, unknown>): CallToolResult => {
  const plain = plainData(data);
  return plain === undefined
    ? mistaken(from, "that is more than can be handed over at once; ask for less.")
    : { content: [{ type: "text", text: marked(from, JSON.stringify(plain)) }], structuredContent: Object(plain) };
};

const Kill = z.strictObject({
  level: KillLevel.optional().describe("pause: only what Jarvis does unasked; effects (default): every act; all: every session too, this one included"),
  reason: z.string().max(500).optional(),
});
const CallGet = z.strictObject({ callId: z.string().min(1).max(200), waitSeconds: z.number().min(0).max(MOST_WAIT_SECONDS).optional() });
const StateGet = z.strictObject({
  kind: z.enum(["node", "guest", "container", "storage", "service"]).optional(),
  id: z.string().max(200).optional().describe("One resource, such as guest/101"),
});
const IncidentsList = z.strictObject({ open: z.boolean().optional().describe("Only those that are not resolved") });

const kill = ({ kill: engage }: McpFaces): Own => ({
  name: HOLD_TOOL,
  title: "Hold all",
  about:
    "Engages the kill switch at once: nothing is done until the operator releases it, which cannot be done through MCP. Use it when something goes wrong by Jarvis's own hand.",
  scope: "operate",
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  input: Kill,
  run: async (input, caller) => {
    const { level = "effects", reason } = Kill.parse(input);
    const modes = engage(level, reason, caller);
    return { content: [{ type: "text", text: `Everything is held (${modes.killLevel ?? level}). Only the operator releases it.` }], structuredContent: { ...modes } };
  },
});

const callGet = ({ answer, follow }: McpFaces): Own => ({
  name: "jarvis_call_get",
  title: "Look at a call again",
  about: "What became of a call that was still running or held, by its callId. Waits up to waitSeconds for it to end.",
  scope: "read",
  hints: READ,
  input: CallGet,
  run: async (input, caller, signal) => {
    const { callId, waitSeconds = 0 } = CallGet.parse(input);
    const known = answer(callId);
    if (known === undefined || known.caller.kind !== caller.kind || known.caller.id !== caller.id)
      return mistaken("jarvis_call_get", `there is no call ${callId.slice(0, 60)} of yours.`);
    const isOpen = known.answer.state === "running" || known.answer.state === "held";
    return resultOf(known.tool, isOpen && waitSeconds > 0 ? await follow(callId, { seconds: waitSeconds, signal }) : known.answer);
  },
});

const stateGet = ({ resources }: McpFaces): Own => ({
  name: "jarvis_state_get",
  title: "What there is",
  about: "Nodes, guests, containers, storages and services with their status as last seen. `stale` means its source cannot be seen now; unknown is never down.",
  scope: "read",
  hints: READ,
  input: StateGet,
  run: async (input) => {
    const { kind, id } = StateGet.parse(input);
    const found = resources().filter((one) => (kind === undefined || one.kind === kind) && (id === undefined || one.id === id));
    if (id !== undefined && found.length === 0) return mistaken("jarvis_state_get", `there is no ${id}.`);
    const shown =
      id === undefined ? found.map(({ id: its, name, kind: sort, status, stale, parent, since }) => ({ id: its, name, kind: sort, status, stale, parent, since })) : found;
    return told("jarvis_state_get", { resources: shown });
  },
});

const incidentsList = ({ incidents }: McpFaces): Own => ({
  name: "jarvis_incidents_list",
  title: "What is wrong",
  about:
    "Incidents, newest first, each with its cause, the evidence for it and how it stands. An empty list of open ones means that nothing known is wrong; look at the status for what cannot be seen.",
  scope: "read",
  hints: READ,
  input: IncidentsList,
  run: async (input) => {
    const { open = false } = IncidentsList.parse(input);
    return told("jarvis_incidents_list", {
      incidents: incidents()
        .filter(({ status }) => !open || status !== "resolved")
        .slice(0, MOST_TOLD),
    });
  },
});

const listed = ({ name, title, about, hints, input }: Own): Tool => ({
  name,
  title,
  description: about,
  inputSchema: rooted(z.toJSONSchema(input, { io: "input" })),
  annotations: { title, ...hints, openWorldHint: false },
});

const offered = (own: Own, { caller }: Visitor): OfferedTool => ({
  listed: listed(own),
  call: async (input, turn) => {
    if (!reaches(caller.scope, own.scope)) return mistaken(own.name, `it needs the scope ${own.scope}; this credential has ${caller.scope}.`);
    const parsed = own.input.safeParse(input);
    return parsed.success ? own.run(parsed.data, caller, turn.mcpReq.signal) : mistaken(own.name, z.prettifyError(parsed.error));
  },
});

/** `isListed`: whether this visitor may use it at all. */
export const ownTools = (faces: McpFaces, visitor: Visitor): { readonly tool: OfferedTool; readonly isListed: boolean }[] =>
  [callGet, incidentsList, kill, stateGet].map((make) => make(faces)).map((own) => ({ tool: offered(own, visitor), isListed: reaches(visitor.caller.scope, own.scope) }));
