// The lab's table of calls in a dialect, over a world that is thrown away at once.
import { allRoutes } from "../../../plugins/lab/api/all.ts";
import { handClock } from "../../../plugins/lab/clock.ts";
import { createTickets } from "../../../plugins/lab/front/credential.ts";
import type { Route } from "../../../plugins/lab/front/route.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";

export function routesIn(dialect: "8.4" | "9.1"): Route[] {
  const life = createWorld({ input: home, clock: handClock(0), seed: 1, dialect, secrets: makeSecrets() });
  const routes = allRoutes(createTickets(life.world, "key"), dialect);
  life.stop();
  return routes;
}
