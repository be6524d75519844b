// The lab as a plugin: its faults are tools, and *break something* is its widget. It reaches nothing but the lab's control API on loopback.
import { type Context, definePlugin, JarvisError, z } from "jarvis";

const config = z.strictObject({
  control: z.url().describe("The lab's control API, as its lab.json names it"),
  size: z.enum(["home", "rack", "fleet"]).optional().describe("How large a lab is started with this file"),
  seed: z.number().int().optional().describe("Other figures, the same every time"),
});

const Standing = z.object({ name: z.string().max(64), target: z.string().max(200), since: z.string().max(40) });
const Row = z.object({
  name: z.string().max(64),
  targetKind: z.string().max(20),
  what: z.string().max(300),
  targets: z.array(z.string().max(200)).max(500),
  standing: z.array(z.string().max(200)).max(500),
  status: z.enum(["up", "down"]),
});
const State = z.object({ faults: z.array(Row).max(200), standing: z.array(Standing).max(500) });
const Listing = z.object({ faults: z.array(z.object({ name: z.string(), targetKind: z.string(), what: z.string(), targets: z.array(z.string()) })), standing: z.array(Standing) });
const Refusal = z.object({ error: z.string().max(500), unknown: z.string().optional() });

const MOST_TARGETS = 500;
const name = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*$/)
  .max(64)
  .describe("The fault, as lab_fault_list names it");
const target = z.string().max(200).optional().describe("Whom it hits, such as guest/101; the lab's first choice when absent");
const args = z
  .record(z.string().max(32), z.union([z.string().max(300), z.number(), z.boolean()]))
  .refine((words) => !("name" in words || "target" in words), "name and target stand beside args, not in it")
  .optional()
  .describe("The fault's own words, such as seconds; another than the fault has is refused with those it has");

type Lab = Context<z.output<typeof config>, unknown>;

async function ask(ctx: Lab, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await ctx.fetch(new URL(path, ctx.config.control).href, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    throw new JarvisError("upstream_garbage", { message: "The lab's control API answered no JSON." });
  }
  if (answer.status < 400) return parsed;
  const refusal = Refusal.safeParse(parsed);
  const unknown = refusal.data?.unknown;
  throw new JarvisError(unknown === "argument" ? "bad_input" : unknown === undefined ? "upstream" : "not_found", {
    message: refusal.data?.error ?? `The lab answered ${answer.status}.`,
  });
}

async function read(ctx: Lab): Promise<z.output<typeof State>> {
  const { faults, standing } = Listing.parse(await ask(ctx, "GET", "/faults"));
  const rows = faults.map(({ targets, ...fault }) => {
    const hit = standing.filter((one) => one.name === fault.name).map((one) => one.target);
    return { ...fault, targets: targets.slice(0, MOST_TARGETS), standing: hit, status: hit.length > 0 ? ("down" as const) : ("up" as const) };
  });
  return { faults: rows, standing: standing.slice(0, MOST_TARGETS) };
}

const stands = async (ctx: Lab, fault: string, at: string | undefined): Promise<boolean> =>
  (await read(ctx)).standing.some((one) => one.name === fault && (at === undefined || one.target === at));

const targetOf = (input: { name?: string | undefined }): string => `lab/${input.name ?? "all"}`;

export default definePlugin({
  title: "Lab",
  about: "The simulated homelab: what can be broken in it, and putting it right again.",
  permissions: { net: [{ value: "config:control", why: "the lab's control API on this machine" }] },
  config,
  monitors: {
    faults: {
      title: "Faults in the lab",
      every: "10s",
      watched: "2s",
      state: State,
      read: (ctx) => (ctx.config.control ? read(ctx) : { faults: [], standing: [] }),
    },
  },
  tools: {
    fault_list: {
      title: "List the lab's faults",
      about: "What can be broken in the simulated homelab, and what is broken now. Only for demonstrations and tests.",
      effect: "read",
      input: z.object({}),
      output: State,
      async run(ctx) {
        const state = await read(ctx);
        const broken = state.standing.map((one) => `${one.target} has ${one.name}`).join("; ");
        return { text: `${state.faults.length} faults can be had; ${broken || "nothing is broken now"}.`, data: state };
      },
    },
    fault_break: {
      title: "Break something in the lab",
      about: "Breaks one thing in the simulated homelab, to see it found and fixed. Never touches real machines.",
      effect: "reversible",
      input: z.object({ name, target, args }),
      output: Standing,
      target: targetOf,
      preflight: (_, input) => ({ target: targetOf(input) }),
      async run(ctx, input) {
        const broken = Standing.parse(await ask(ctx, "POST", "/faults", { ...input.args, name: input.name, ...(input.target ? { target: input.target } : {}) }));
        return { text: `${broken.target} has ${broken.name}.`, data: broken };
      },
      verify: () => ({ ok: true, words: "the lab says it did" }),
    },
    fault_heal: {
      title: "Heal the lab",
      about: "Puts right what was broken in the simulated homelab: one fault, all of a name, or everything.",
      effect: "reversible",
      input: z.object({ name: name.optional(), target }),
      target: targetOf,
      preflight: (_, input) => ({ target: targetOf(input) }),
      async run(ctx, input) {
        const { healed } = z.object({ healed: z.array(Standing) }).parse(await ask(ctx, "DELETE", "/faults", input));
        return { text: healed.length > 0 ? `Healed: ${healed.map((one) => `${one.target} of ${one.name}`).join("; ")}.` : "Nothing was broken.", data: { healed } };
      },
      async verify(ctx, input) {
        const left = input.name === undefined ? (await read(ctx)).standing.length > 0 : await stands(ctx, input.name, input.target);
        return { ok: !left, words: left ? "it still stands" : "nothing of it stands" };
      },
    },
  },
  widgets: {
    break: {
      title: "Break something",
      kind: "list",
      size: "m",
      from: "faults",
      rows: "faults",
      name: "name",
      words: "what",
      status: "status",
      actions: [
        { title: "Break", tool: "lab_fault_break", input: { name: "{name}" }, each: true, when: { field: "status", is: "up" } },
        { title: "Heal", tool: "lab_fault_heal", input: { name: "{name}" }, each: true, when: { field: "status", is: "down" } },
        { title: "Heal everything", tool: "lab_fault_heal", input: {} },
      ],
    },
  },
});
