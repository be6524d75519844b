// Four kinds of acts for a core to die in: a guest started, a snapshot by its task, notes written into a configuration, a container started. Makes the world ready for each, and asks for it as the operator. For tests only.
import { until } from "../support/until.ts";
import { containerId, guestPath, standing } from "./account.ts";
import type { RelayedHouse } from "./relayed-house.ts";

export const KINDS = ["power", "task", "config", "docker"] as const;
export type Kind = (typeof KINDS)[number];

export interface Act {
  readonly kind: Kind;
  readonly target: string;
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  /** Whether a request at the relay is this act. */
  readonly isRequest: (path: string) => boolean;
}

const PATIENCE_MS = 30_000;

/** Unprotected, not HA-managed, nobody depends on them; of their own for each kind, so that an effect in the lab's book names its kind. */
const POOLS: Readonly<Record<Kind, readonly string[]>> = {
  power: [101, 102, 105, 106].map((vmid) => `guest/${vmid}`),
  task: [108, 109, 110].map((vmid) => `guest/${vmid}`),
  config: [111, 112, 113, 114, 115].map((vmid) => `guest/${vmid}`),
  docker: ["grafana", "uptime-kuma", "node-exporter", "cadvisor", "code-server", "dozzle"].map((name) => `container/mgmt/${name}`),
};

type House = Pick<RelayedHouse, "lab" | "rpc">;

const stopGuest = async ({ lab }: House, target: string): Promise<void> => {
  const path = `${guestPath(await lab.state(), target)}/status/stop`;
  await lab.post("/as", { user: "root@pam", method: "POST", path, params: {} });
};

const stopContainer = async ({ lab }: House, target: string): Promise<void> => {
  const answer = await fetch(`http://docker/containers/${target.split("/").at(-1)}/stop?t=1`, { unix: lab.line.docker.socket, method: "POST" });
  await answer.text();
};

export const createActs = (house: House) => {
  let count = 0;
  const turns: Record<Kind, number> = { power: 0, task: 0, config: 0, docker: 0 };

  const down = async (target: string, stop: (house: House, target: string) => Promise<void>): Promise<void> => {
    const runs = async (): Promise<boolean> => standing(await house.lab.state(), target);
    if (await runs()) await stop(house, target);
    await until(async () => !(await runs()), { withinMs: PATIENCE_MS, what: `${target} to be down` });
  };

  /** The next act of this kind on its next target, which stands ready for it. */
  const next = async (kind: Kind): Promise<Act> => {
    count += 1;
    const pool = POOLS[kind];
    const target = pool[turns[kind] % pool.length] ?? "";
    turns[kind] += 1;
    const vmid = Number(target.split("/").at(-1));
    const name = target.split("/").at(-1) ?? "";
    if (kind === "power") {
      await down(target, stopGuest);
      return { kind, target, tool: "proxmox_guest_start", arguments: { vmid }, isRequest: (path) => path.includes(`/${vmid}/status/start`) };
    }
    if (kind === "docker") {
      await down(target, stopContainer);
      const names = [name, containerId(await house.lab.state(), target)];
      return {
        kind,
        target,
        tool: "docker_container_start",
        arguments: { container: target },
        isRequest: (path) => names.some((one) => path.includes(`/containers/${one}/start`)),
      };
    }
    if (kind === "task")
      return { kind, target, tool: "proxmox_guest_snapshot_create", arguments: { vmid, snapshot: `kill${count}` }, isRequest: (path) => path.endsWith(`/${name}/snapshot`) };
    return { kind, target, tool: "proxmox_guest_config_set", arguments: { vmid, set: { description: `kill ${count}` } }, isRequest: (path) => path.endsWith(`/${name}/config`) };
  };

  return { next };
};

/** What a client was told, by call: `told` grows with every answer that came. */
export const ask = async ({ rpc }: House, act: Act, told: Map<string, string>, waitSeconds = 0): Promise<string> => {
  try {
    const { callId, state } = await rpc("tools.call", { name: act.tool, arguments: act.arguments, waitSeconds });
    told.set(callId, state);
    return state;
  } catch {
    // The core died before it answered: nothing was acknowledged.
    return "unanswered";
  }
};

/** Asks again while it is refused: a core that was just born has not seen the house yet. Ends when the act is under way, or when `over`. */
export const askUntilUnderWay = async (house: House, act: Act, told: Map<string, string>, over: () => boolean): Promise<void> => {
  await until(async () => over() || (await ask(house, act, told)) !== "refused", { withinMs: PATIENCE_MS, what: `${act.tool} on ${act.target} to be taken` }).catch(
    async (thrown) => {
      const { calls } = await house.rpc("journal.list", { limit: 5 });
      throw new Error(`${String(thrown)}: ${calls.map(({ state, rule, text }) => `${state} ${rule} ${text ?? ""}`).join(" | ")}`);
    },
  );
};
