// The same real doors into a core whose Proxmox is the simulated cluster, where the things were broken that its tools must refuse to touch. For tests only.
import { startLab } from "../support/lab.ts";
import { until } from "../support/until.ts";
import { type HazardHouse, type Lived, openHazardHouse } from "./hazard-doors.ts";

/** Of the lab and of the core alike: facts are fresh for ten seconds of it. */
const RATE = 4;
const SEEN_WITHIN_MS = 30_000;

export const openHazardLab = async (hazards: readonly Lived[]) => {
  const lab = await startLab({ speed: RATE });
  let house: HazardHouse | undefined;
  const stop = async (): Promise<void> => {
    await house?.stop();
    await lab.stop();
  };
  try {
    for (const { broken = [] } of hazards) for (const [fault, target, options = {}] of broken) await lab.break(fault, target, options);
    const { nodes, users = [] } = lab.ready.pve;
    const proxmox = {
      endpoints: nodes.map(({ url }) => url),
      fingerprints: nodes.map(({ fingerprint }) => fingerprint),
      user: "root@pam",
      password: users.find(({ userid }) => userid === "root@pam")?.password ?? "",
    };
    const asked = hazards.map(({ id, tool, input }) => ({ name: `lived-${id}`, tool, input }));
    house = await openHazardHouse([], asked, { rate: RATE, self: "guest/100", proxmox });
    const seen = async (): Promise<boolean> => {
      const ids = new Set((await house?.resources())?.map(({ id }) => id));
      return hazards.every(({ about }) => ids.has(about));
    };
    await until(seen, { withinMs: SEEN_WITHIN_MS, what: "the things of the hazards" });
    return { ...house, effects: async () => (await lab.effects()).filter(({ user }) => user === "root@pam"), stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

export type HazardLab = Awaited<ReturnType<typeof openHazardLab>>;
