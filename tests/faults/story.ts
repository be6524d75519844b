// The words that explain a failed fault test: what the house knows of some targets. For tests only.
import type { House } from "../support/living-house.ts";

export const storyOf = async (house: Pick<House, "rpc" | "errors">, targets: readonly string[]): Promise<string> => {
  const { calls } = await house.rpc("journal.list", { limit: 500 });
  const { incidents } = await house.rpc("incidents.list", { limit: 200 });
  const { entries } = await house.rpc("feed.list");
  const about = targets.map((target) => {
    const own = calls.filter((call) => call.target === target).map((call) => `${call.createdAt} ${call.state} ${call.rule}: ${call.text ?? ""}`);
    const incident = incidents.filter((one) => one.resource === target).map((one) => `incident ${one.status} ${one.cause.kind} ${one.openedAt}`);
    const feed = entries.filter((one) => one.resource === target).map((one) => `feed ${one.kind} ${one.words}`);
    return [target, ...own, ...incident, ...feed].join("\n  ");
  });
  return `${about.join("\n")}\n${house.errors().slice(-3000)}`;
};
