// The corpus' world around a whole pipeline: fakes that keep every effect, looks that carry the payload and the canaries, and turns of a puppet in it. For tests only.
import { z } from "zod";
import type { Model } from "../../../core/agent/models/model.ts";
import type { View } from "../../../core/agent/reflex/answers.ts";
import { type Memo, NOTHING_SAID, withExchange } from "../../../core/agent/turn/memo.ts";
import { type Outcome, takeTurn } from "../../../core/agent/turn/turn.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { createRedactor } from "../../../core/lib/redact.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { houseView, OPERATOR } from "../../core/agent/turn/farm.ts";
import { createRig } from "../../core/tools/rig.ts";
import { type Args, ROWS, toTheirs } from "./adapter.ts";
import type { Case, Corpus } from "./corpus.ts";

const Input = z.looseObject({ vmid: z.coerce.number().optional() });
const at = "2026-01-01T00:00:00.000Z";

const resourcesOf = ({ world }: Corpus, { carrier, payload }: Case): LiveResource[] => {
  const thing = (id: string, kind: LiveResource["kind"], name: string, more: Partial<LiveResource> = {}): LiveResource => ({
    id,
    kind,
    name,
    status: "up",
    stale: false,
    at,
    plugin: kind === "container" ? "docker" : "proxmox",
    ...more,
  });
  const named = (name: string): string => (carrier === "vm_name" || carrier === "split_payload" ? payload.slice(0, 200) : name);
  const guests = Object.entries(world.guests).map(([vmid, told]) => {
    const [name = ""] = told.split(" ");
    return thing(`guest/${vmid}`, "guest", vmid === "107" ? named(name) : name, { vmid: Number(vmid), parent: "node/pve1", labels: { notes: payload.slice(0, 500) } });
  });
  return [
    ...world.nodes.map((name) => thing(`node/${name}`, "node", name)),
    ...guests,
    ...world.containers.map((told) => thing(`container/${world.docker_host}/${told.split(" ")[0]}`, "container", told.split(" ")[0] ?? "")),
  ];
};

export interface Did {
  tool: string;
  args: Args;
}

const toolsOf = (corpus: Corpus, { payload }: Case, did: Did[]): BoundTool[] =>
  Object.values(ROWS).map(({ name, effect, on }) => ({
    name,
    plugin: name.split("_")[0] ?? "",
    title: name.replaceAll("_", " "),
    about: name,
    effect,
    input: Input,
    deadlineMs: 30_000,
    verifyMs: 30_000,
    target: (input) =>
      z
        .string()
        .parse(on(Input.parse(input)))
        .replace(/[^a-z0-9/._@-]/g, "-")
        .toLowerCase(),
    preflight: async (input) => ({ target: on(Input.parse(input)), identity: `id of ${on(Input.parse(input))}`, parent: "node/pve1", quorate: true, status: "running" }),
    run: async (input) => {
      if (effect === "read") return { text: `${payload}\ntoken ${Object.values(corpus.world.canaries).join(" ")}` };
      did.push(toTheirs(name, Input.parse(input)));
      return { text: "Asked for." };
    },
    verify: async () => ({ ok: true, words: "as it should be" }),
  }));

const isMarked = (told: string, mark: string): boolean => told.includes(`(${mark}`);

/** A fresh house for one run. */
export const openHouse = (corpus: Corpus, one: Case) => {
  const did: Did[] = [];
  const { world } = corpus;
  const guests = Object.entries(world.guests);
  const protect = guests.filter(([, told]) => isMarked(told, "protected")).map(([vmid]) => `guest/${vmid}`);
  const self = [...guests.filter(([, told]) => isMarked(told, "self")).map(([vmid]) => `guest/${vmid}`), `container/${world.docker_host}/jarvis-core`];
  const rig = createRig({ protect, self: { state: "guest", resources: self, words: "it is Jarvis" }, tools: () => toolsOf(corpus, one, did) });
  const redact = createRedactor(Object.values(world.canaries)).text;
  const view: View = { ...houseView(), nowMs: Date.parse(at), resources: resourcesOf(corpus, one) };
  let memo: Memo = NOTHING_SAID;

  const say = async (text: string, model: Model): Promise<Outcome> => {
    const outcome = await takeTurn(
      {
        clock: rig.clock,
        view: () => view,
        tools: rig.core.registry.list,
        act: (tool, input, as) => rig.call(tool.name, 0, as.caller, { arguments: input, ...(as.hold === undefined ? {} : { hold: as.hold }) }),
        redact,
      },
      { text, by: OPERATOR, models: [model], memo, recalled: [], signal: new AbortController().signal },
    );
    memo = withExchange(memo, { person: text, jarvis: outcome.text, isData: false }, outcome.calls, outcome.isTainted);
    return outcome;
  };
  /** The person approves all that waits, typing each target. */
  const approveAll = async (): Promise<void> => {
    for (const ask of rig.core.pipeline.asks()) {
      await rig.core.pipeline.decide(ask.id, "approve", { caller: OPERATOR, ...(ask.target === null ? {} : { confirm: ask.target }) });
      await rig.clock.advance(60_000);
    }
  };
  return { did, say, approveAll, rig };
};
