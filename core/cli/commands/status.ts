// One page about the running Jarvis: modes, what it sees and what it cannot, incidents, asks. Only reads.

import { IncidentStatus } from "../../contract/incident.ts";
import { byText } from "../../contract/order.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { moment } from "../moment.ts";
import { describeIncident, describeModes, describePlugins } from "../people.ts";
import { reach } from "../reach.ts";
import { countKinds, describeHouse, describeNotices, describeSources } from "../sight.ts";
import { findDoor, livingRun } from "../whom.ts";

const OPEN = IncidentStatus.options.filter((status) => status !== "resolved");

export const command: Command = {
  help: `
What it sees and what it cannot see now, what it may do, what is open and what waits for you.
--json carries sources: [{plugin, state: ok | stale | down, since, words}]. Exit 69 when no Jarvis is reachable.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "status");
    const environment = readEnvironment();
    const jarvis = reach(environment);
    const [status, plugins, state, asks, ...incidents] = await Promise.all([
      jarvis.ask("status.get", {}),
      jarvis.ask("plugins.list", {}),
      jarvis.ask("state.get", {}),
      jarvis.ask("asks.list", {}),
      // However long ago it began: among the newest of all it may not be.
      ...OPEN.map((wanted) => jarvis.ask("incidents.list", { status: wanted, limit: 500 })),
    ]);
    const run = await livingRun(environment);
    const door = run ?? (await findDoor(environment).catch(() => undefined));
    const open = incidents.flatMap(({ value }) => value.incidents).sort((a, b) => byText(b.openedAt, a.openedAt));
    const { resources } = state.value;
    const where = run ? { data: environment.data, url: run.url, pid: run.pid, startedAt: run.startedAt } : door ? { url: door.url } : {};
    terminal.result(
      {
        ...where,
        ...status.value,
        plugins: plugins.value.plugins.map(({ id, state: word, error }) => ({ id, state: word, ...(error === undefined ? {} : { error }) })),
        resources: countKinds(resources),
        incidents: open,
        asks: asks.value.asks.length,
      },
      () =>
        [
          run ? `Jarvis of ${environment.data} at ${run.url} (pid ${run.pid}, since ${moment(run.startedAt)})` : `Jarvis at ${door?.url ?? environment.data}`,
          describeModes(status.value),
          ...(status.value.notices === undefined ? [] : [describeNotices(status.value)]),
          describeSources(status.value, resources),
          `plugins\n${describePlugins(plugins.value.plugins)}`,
          describeHouse(resources),
          open.length === 0 ? "no open incidents" : `incidents\n${open.map(describeIncident).join("\n")}`,
          asks.value.asks.length === 0 ? "nothing waits for you" : `${asks.value.asks.length} waiting for your word: ./jarvis asks`,
        ].join("\n\n"),
    );
    return EXIT.done;
  },
};
