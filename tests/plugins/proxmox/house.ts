// The proxmox plugin over the real lab process, without a core: its client, monitors and tools called as the host calls them.

import { createClock } from "../../../core/lib/clock.ts";
import type { Client } from "../../../plugins/proxmox/client/client.ts";
import { Config } from "../../../plugins/proxmox/config.ts";
import plugin from "../../../plugins/proxmox/plugin.ts";
import { testContext } from "../../support/context.ts";
import { type Lab, startLab } from "../../support/lab.ts";
import { until } from "../../support/until.ts";

export const configOf = (lab: Lab, more: Record<string, unknown> = {}): Config =>
  Config.parse({
    endpoints: lab.ready.pve.nodes.map((node) => node.url),
    fingerprints: lab.ready.pve.nodes.map((node) => node.fingerprint),
    token: lab.ready.pve.tokens.read,
    actToken: lab.ready.pve.tokens.act,
    ...more,
  });

export const openHouse = async (speed = 10, more: Record<string, unknown> = {}, labArgs: readonly string[] = []) => {
  const lab = await startLab({ speed, more: labArgs });
  const config = configOf(lab, more);
  const test = testContext({ config, plugin: "proxmox", clock: createClock(speed) });
  const client = await (plugin.connect?.(test.bare) ?? Promise.reject(new Error("no connect")));
  const ctx = test.withClient<Client>(client);
  const read = async () => (await plugin.monitors?.guests.read(ctx)) ?? { guests: {} };
  /** Reads until the guest's state is the word; answers the reading before and that one. */
  /** Reads until the guest is so. `earlier`: a picture from before the change, which the first reading may show already. */
  const reads = async (vmid: number, word: string, earlier?: Awaited<ReturnType<typeof read>>) => {
    let before = earlier ?? (await read());
    return until(
      async () => {
        const now = await read();
        if (now.guests[String(vmid)]?.status === word) return { before, now };
        before = now;
        await Bun.sleep(50);
        return undefined;
      },
      { withinMs: 30_000, what: `guest ${vmid} being ${word}` },
    );
  };
  const stop = async (): Promise<void> => {
    test.stop();
    await lab.stop();
  };
  return { lab, config, ctx, client, test, read, reads, stop };
};
export type House = Awaited<ReturnType<typeof openHouse>>;
