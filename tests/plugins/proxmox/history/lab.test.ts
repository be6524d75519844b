// The past from the lab's rrddata, both dialects: as long as Proxmox keeps it, in the units of the reading beside it, and laid into the tiers without a double.
import { expect, test } from "bun:test";
import type { Past } from "../../../../core/contract/past.ts";
import { backfill } from "../../../../plugins/proxmox/history/backfill.ts";
import { pastHouse } from "../../../core/store/history/house.ts";
import { openHouse } from "../house.ts";

const LONG_MS = 60_000;
const DAY_MS = 86_400_000;

for (const dialect of ["9.1", "8.4"] as const)
  test(
    `${dialect}: a node, a container and a storage have a past of months that fits what is read now`,
    async () => {
      const house = await openHouse(1, {}, ["--dialect", dialect]);
      try {
        const now = (await house.read()).guests;
        const pieces = async (resource: string): Promise<Past[]> => {
          const found: Past[] = [];
          let at = house.ctx.now();
          for (let next: string | undefined; ; ) {
            // The lane's minute passes by itself here: what is tested is what is told.
            at += 61_000;
            const piece = await backfill({ ...house.ctx, now: () => at }, { resource, sinceMs: 0, ...(next === undefined ? {} : { next }) });
            if (!piece) throw new Error(`no past of ${resource} now`);
            found.push(piece);
            next = piece.next;
            if (next === undefined) return found;
          }
        };
        const { history } = pastHouse();
        const at = house.ctx.now();
        for (const resource of ["guest/102", "node/home", "storage/home/local"]) {
          const past = await pieces(resource);
          expect(past.map(({ stepSeconds }) => stepSeconds)).toEqual(dialect === "9.1" ? [60, 1800, 21_600] : [1800, 10_800, 43_200, 604_800]);
          for (const { figures, stepSeconds } of past)
            history.fill.lay(Object.fromEntries(Object.entries(figures).map(([name, points]) => [`${resource}/${name}`, points])), stepSeconds, at);
        }
        const month = history.history("guest/102/*", at, 30 * 1440, 300).series;
        expect(month["guest/102/cpuPercent"]?.length).toBeGreaterThan(60);
        const total = now["102"]?.memoryTotalBytes ?? 0;
        expect(month["guest/102/memoryBytes"]?.every(([, bytes]) => bytes > 0 && bytes <= total * 1.01)).toBe(true);
        expect(month["guest/102/cpuPercent"]?.every(([, cpu]) => cpu >= 0 && cpu <= 110)).toBe(true);
        expect(history.history("node/home/diskBytes", at, 365 * 1440).series["node/home/diskBytes"]?.[0]?.[0]).toBeLessThan(at - 60 * DAY_MS);
        expect(history.history("storage/home/local/diskBytes", at, 7 * 1440).series["storage/home/local/diskBytes"]?.length).toBeGreaterThan(50);
      } finally {
        await house.stop();
      }
    },
    LONG_MS,
  );
