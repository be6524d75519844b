// Whether what the configuration says of the machine Jarvis runs on is borne out by its own signs. Only tells: the configuration's word holds, whatever comes of it. Pure.
import { didYouMean } from "../lib/nearest.ts";
import { type Candidate, compareSelf, type Identity, matchedBy } from "./self.ts";

/** `isLate`: what could be read of the machines seen has been read by now. Undefined: nothing speaks against it, or nobody can say yet. */
export const selfDoubt = (setting: string, own: Identity, candidates: readonly Candidate[], isLate: boolean): string | undefined => {
  if (setting === "auto" || candidates.length === 0) return undefined;
  const auto = compareSelf("auto", own, candidates);
  const otherwise = `its own signs say otherwise: ${auto.words}`;
  if (setting === "outside") return auto.state === "guest" ? `it says outside, and ${otherwise}` : undefined;
  const named = candidates.find(({ id }) => id === setting);
  if (named === undefined) {
    const near = didYouMean(
      setting,
      candidates.map(({ id }) => id),
    );
    return `it says ${setting}, and nothing seen is named so: what Jarvis really runs on is not kept from being disturbed.${near}`;
  }
  if (matchedBy(own, named).length > 0 || auto.resources.includes(setting)) return undefined;
  if (auto.state === "guest") return `it says ${setting}, and ${otherwise}`;
  if (auto.state === "outside") return `it says ${setting}, and none of its own signs (firmware uuid, network cards, addresses) is that of ${setting}, nor of anything else seen.`;
  return isLate ? `it says ${setting}, and nothing confirms it: none of its own signs (firmware uuid, network cards, addresses) could be found on ${setting}.` : undefined;
};
