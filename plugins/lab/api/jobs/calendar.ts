// When schedules are due: `schedule-analyze`, and the refusal of a schedule that cannot be read.
import { badParameters } from "../../front/failure.ts";
import { COUNT, numberOf, required, TEXT, textOf } from "../../front/parameters.ts";
import { get, type Route } from "../../front/route.ts";
import { nextRun, parseSchedule } from "../../world/jobs/schedule.ts";
import { seconds } from "../../world/state.ts";

const MAX_ITERATIONS = 100;
const DEFAULT_ITERATIONS = 10;

export function refuseSchedule(text: string | undefined): void {
  if (text !== undefined && !parseSchedule(text)) throw badParameters({ schedule: `invalid format - unable to parse calendar event '${text}'\n` });
}

export const calendarRoutes = (): Route[] => [
  get(
    "/cluster/jobs/schedule-analyze",
    ({ world, parameters }) => {
      const schedule = textOf(parameters, "schedule") ?? "";
      refuseSchedule(schedule);
      let at = (numberOf(parameters, "starttime") ?? seconds(world.clock.now())) * 1000;
      const due: { timestamp: number; utc: string }[] = [];
      for (let count = numberOf(parameters, "iterations") ?? DEFAULT_ITERATIONS; count > 0; count--) {
        const next = nextRun(schedule, at);
        if (next === undefined) break;
        at = next;
        due.push({ timestamp: seconds(at), utc: new Date(at).toUTCString() });
      }
      return due;
    },
    { rules: { schedule: required({ ...TEXT, maxLength: 128 }), iterations: { ...COUNT, min: 1, max: MAX_ITERATIONS }, starttime: COUNT } },
  ),
];
