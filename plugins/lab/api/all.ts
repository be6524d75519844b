// Every call the simulated cluster answers in a dialect, each behind the gate; what is not here is 501.
import type { Tickets } from "../front/credential.ts";
import type { Route } from "../front/route.ts";
import type { Dialect } from "../world/state.ts";
import { accessRoutes } from "./access.ts";
import { optionRoutes } from "./cluster/options.ts";
import { poolRoutes } from "./cluster/pools.ts";
import { restRoutes } from "./cluster/rest.ts";
import { clusterRoutes } from "./cluster/status.ts";
import { consoleRoutes } from "./console/open.ts";
import { firewallRoutes } from "./firewall.ts";
import { guarded } from "./gate.ts";
import { agentRoutes } from "./guests/agent.ts";
import { cloneRoutes } from "./guests/clone.ts";
import { configRoutes } from "./guests/config.ts";
import { guestListRoutes } from "./guests/list.ts";
import { migrateRoutes } from "./guests/migrate.ts";
import { powerRoutes } from "./guests/power.ts";
import { snapshotRoutes } from "./guests/snapshots.ts";
import { haResourceRoutes } from "./ha/resources.ts";
import { haRuleRoutes } from "./ha/rules.ts";
import { haStatusRoutes } from "./ha/status.ts";
import { historyRoutes } from "./history.ts";
import { backupRoutes } from "./jobs/backup.ts";
import { calendarRoutes } from "./jobs/calendar.ts";
import { replicationRoutes } from "./jobs/replication.ts";
import { dumpRoutes } from "./jobs/vzdump.ts";
import { diskRoutes } from "./nodes/disks.ts";
import { journalRoutes } from "./nodes/journal.ts";
import { networkRoutes } from "./nodes/network.ts";
import { packageRoutes } from "./nodes/packages.ts";
import { nodePowerRoutes } from "./nodes/power.ts";
import { serviceRoutes } from "./nodes/services.ts";
import { statusRoutes } from "./nodes/status.ts";
import { resourceRoutes } from "./resources.ts";
import { contentRoutes } from "./stores/content.ts";
import { storageRoutes } from "./stores/list.ts";
import { taskRoutes } from "./tasks.ts";

const nodeRoutes = (dialect: Dialect): Route[] => [
  ...statusRoutes(),
  ...journalRoutes(),
  ...serviceRoutes(),
  ...diskRoutes(),
  ...packageRoutes(),
  ...networkRoutes(),
  ...nodePowerRoutes(dialect),
];

const guestRoutes = (dialect: Dialect): Route[] => [
  ...guestListRoutes(),
  ...powerRoutes(dialect),
  ...configRoutes(dialect),
  ...snapshotRoutes(),
  ...cloneRoutes(),
  ...migrateRoutes(dialect),
  ...agentRoutes(dialect),
];

export const allRoutes = (tickets: Tickets, dialect: Dialect): Route[] =>
  [
    ...accessRoutes(tickets),
    ...resourceRoutes(),
    ...clusterRoutes(),
    ...optionRoutes(dialect),
    ...poolRoutes(),
    ...restRoutes(dialect),
    ...haStatusRoutes(),
    ...haResourceRoutes(dialect),
    ...haRuleRoutes(dialect),
    ...nodeRoutes(dialect),
    ...guestRoutes(dialect),
    ...firewallRoutes(),
    ...consoleRoutes(),
    ...taskRoutes(),
    ...storageRoutes(),
    ...contentRoutes(),
    ...backupRoutes(dialect),
    ...calendarRoutes(),
    ...dumpRoutes(dialect),
    ...replicationRoutes(),
    ...historyRoutes(),
  ].map(guarded);
