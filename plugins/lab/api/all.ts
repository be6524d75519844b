// Every call the simulated cluster answers; what is not here is 501.
import type { Tickets } from "../front/credential.ts";
import type { Route } from "../front/route.ts";
import { accessRoutes } from "./access.ts";
import { clusterRoutes } from "./cluster.ts";
import { guestRoutes } from "./guests.ts";
import { historyRoutes } from "./history.ts";
import { metricsExportRoutes } from "./metrics-export.ts";
import { nodeRoutes } from "./nodes.ts";
import { powerRoutes } from "./power.ts";
import { resourceRoutes } from "./resources.ts";
import { settingRoutes } from "./settings.ts";
import { storageRoutes } from "./storage.ts";
import { taskRoutes } from "./tasks.ts";

export const allRoutes = (tickets: Tickets): Route[] => [
  ...accessRoutes(tickets),
  ...resourceRoutes(),
  ...clusterRoutes(),
  ...nodeRoutes(),
  ...guestRoutes(),
  ...powerRoutes(),
  ...settingRoutes(),
  ...taskRoutes(),
  ...storageRoutes(),
  ...historyRoutes(),
  ...metricsExportRoutes(),
];
