// One page about the running Jarvis: modes, plugins, resources, incidents, asks. Only reads.
import type { LiveResource } from "../../contract/resource.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { describeIncident, describeModes, describePlugins } from "../people.ts";
import { reach } from "../reach.ts";
import { readRunFile } from "../run-file.ts";

interface Count {
  total: number;
  up: number;
  stale: number;
}

const countKinds = (resources: readonly LiveResource[]): Record<string, Count> => {
  const counts: Record<string, Count> = {};
  for (const resource of resources) {
    const count = counts[resource.kind] ?? { total: 0, up: 0, stale: 0 };
    counts[resource.kind] = { total: count.total + 1, up: count.up + Number(resource.status === "up"), stale: count.stale + Number(resource.stale) };
  }
  return counts;
};

const describeCount = ([kind, count]: [string, Count]): string =>
  `  ${kind.padEnd(10)} ${count.up} of ${count.total} up${count.stale > 0 ? `, ${count.stale} not seen lately` : ""}`;

export const command: Command = {
  help: `
What it sees, what it may do, what is open and what waits for you. Exit 69 when no Jarvis is reachable.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "status");
    const environment = readEnvironment();
    const jarvis = reach(environment);
    const [modes, plugins, state, incidents, asks] = await Promise.all([
      jarvis.ask("autonomy.get", {}),
      jarvis.ask("plugins.list", {}),
      jarvis.ask("state.get", {}),
      jarvis.ask("incidents.list", { limit: 500 }),
      jarvis.ask("asks.list", {}),
    ]);
    const run = readRunFile(environment.data);
    const open = incidents.value.incidents.filter((incident) => incident.status !== "resolved");
    const kinds = countKinds(state.value.resources);
    const where = run ? { url: run.url, pid: run.pid, startedAt: run.startedAt } : {};
    terminal.result(
      {
        ...where,
        ...modes.value,
        plugins: plugins.value.plugins.map(({ id, state: word, error }) => ({ id, state: word, ...(error === undefined ? {} : { error }) })),
        resources: kinds,
        incidents: open,
        asks: asks.value.asks.length,
      },
      () =>
        [
          run ? `Jarvis at ${run.url} (pid ${run.pid}, since ${run.startedAt})` : "Jarvis",
          describeModes(modes.value),
          `plugins\n${describePlugins(plugins.value.plugins)}`,
          `house\n${Object.entries(kinds).map(describeCount).join("\n") || "  nothing seen yet"}`,
          open.length === 0 ? "no open incidents" : `incidents\n${open.map(describeIncident).join("\n")}`,
          asks.value.asks.length === 0 ? "nothing waits for you" : `${asks.value.asks.length} waiting for your word: ./jarvis asks`,
        ].join("\n\n"),
    );
    return EXIT.done;
  },
};
