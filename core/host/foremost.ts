// Which alerts of one monitor are told when everything breaks at once. Pure; refuses none while there is room.
import type { Alert } from "../contract/resource.ts";

export const MOST_ALERTS = 1000;
const SEVERITIES: readonly Alert["severity"][] = ["critical", "warning", "info"];

/** Those that explain others first, then those that are open already, so that none is over for want of room, then the worst. */
export const foremost = (found: readonly Alert[], open: readonly Alert[]): readonly Alert[] => {
  if (found.length <= MOST_ALERTS) return found;
  const known = new Set(open.map(({ key, resource }) => `${key} ${resource}`));
  const rank = ({ explains, key, resource, severity }: Alert): number => (explains ? 0 : known.has(`${key} ${resource}`) ? 1 : 2 + SEVERITIES.indexOf(severity));
  return found.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_ALERTS);
};
