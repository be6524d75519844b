// A living house whose core reaches the lab's Proxmox and Docker through relays, so that a test sees and spoils what is sent. For tests only.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type HouseOptions, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { relayToNode, relayToSocket } from "./relay.ts";

const Secrets = z.object({ automation: z.string() });
/** Who acts there with `mayAll`. */
export const ALLOWED = "root@pam!automation";

/** `socket`: another engine than the lab's, behind the relay. `mayAll`: it acts with a token that has every privilege; the shipped role writes no configuration. */
export const startRelayedHouse = async ({ socket, mayAll = false, ...options }: HouseOptions & { socket?: string; mayAll?: boolean }) => {
  const holdAt = mkdtempSync(join(tmpdir(), "jarvis-hold-"));
  const house = await startHouse({ ...options, withoutCore: true, env: { ...options.env, JARVIS_HOLD_AT: holdAt } });
  const { line } = house.lab;
  const pve = await relayToNode(line.pve.nodes[0]?.url ?? "");
  const relaySocket = join(house.folder, "lab", "relay.sock");
  const docker = await relayToSocket(socket ?? line.docker.socket, relaySocket);
  const text = readFileSync(line.config, "utf8")
    .replace(/endpoints: .*/, `endpoints: ["${pve.url}"]`)
    .replace(/^ +fingerprints: .*\n/m, "")
    .replace(/socket: .*/, `socket: "${relaySocket}"`);
  const secret = (): string => Secrets.parse(JSON.parse(readFileSync(join(house.folder, "lab/secrets.json"), "utf8"))).automation;
  writeFileSync(line.config, mayAll ? text.replace(/actToken: .*/, `actToken: "${ALLOWED}=${secret()}"`) : text);

  const seen = (): Promise<unknown> =>
    until(
      async () => {
        const { resources } = await house.rpc("state.get");
        const fresh = resources.filter((resource) => !resource.stale && resource.status === "up");
        return fresh.some((resource) => resource.kind === "guest") && fresh.some((resource) => resource.kind === "container");
      },
      { withinMs: 30_000, what: "guests and containers to be seen" },
    );
  await house.startCore();
  await seen();
  return {
    ...house,
    pid: () => house.pid,
    data: () => house.data,
    pve,
    docker,
    seen,
    /** The next call that reaches `point` stays there until `open`. */
    hold: (point: string): void => writeFileSync(join(holdAt, `at-${point}`), ""),
    open: (point: string): void => rmSync(join(holdAt, `at-${point}`), { force: true }),
    async stop(): Promise<void> {
      // A test that failed may have left a call held, and a held core does not stop in order.
      await house.killCore();
      await house.stop();
      await Promise.all([pve.stop(), docker.stop()]);
      rmSync(holdAt, { recursive: true, force: true });
    },
  };
};

export type RelayedHouse = Awaited<ReturnType<typeof startRelayedHouse>>;
