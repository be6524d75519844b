// The last minutes of each node's CPU: asked once when connected, then lengthened from what is drawn anyway. Asks for nothing by itself.
import type { Point } from "../format/trend.ts";
import { ofKind } from "../resource/order.ts";
import { call, house } from "./house.svelte.ts";

const MINUTES = 15;
const LEAST_STEP_MS = 2000;

let series = $state.raw<Readonly<Record<string, readonly Point[]>>>({});

const load = async (): Promise<void> => {
  try {
    const answer = await call("history.get", { series: "node/*/cpuPercent", minutes: MINUTES });
    series = answer.series;
  } catch {
    // Without the past the lines begin now: that is drawn honestly as a gap.
  }
};

/** One point per node from the present drawing, not more often than every two seconds. */
const lengthen = (now: number): void => {
  const next = { ...series };
  for (const node of ofKind(house.drawn, "node")) {
    if (node.cpu === undefined || node.stale || node.status !== "up") continue;
    const name = `${node.id}/cpuPercent`;
    const points = next[name] ?? [];
    if (now - (points.at(-1)?.[0] ?? 0) < LEAST_STEP_MS) continue;
    next[name] = [...points.filter(([at]) => at > now - MINUTES * 60_000), [now, node.cpu]];
  }
  series = next;
};

export const history = {
  minutes: MINUTES,
  of: (id: string): readonly Point[] => series[`${id}/cpuPercent`] ?? [],
  load,
  lengthen,
};
