// A model outside that is never sent what the operator keeps in the house: a request that carries the result of a look at logs is refused, and whoever asked goes to the next model.
import { answered } from "./conversation.ts";
import { failed } from "./failure.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import type { Carried } from "./route.ts";

/** By the words a tool's name is made of, whoever brings it. */
const LOGS = new Set(["log", "logs", "syslog", "journal", "output", "console"]);

const showsLogs = (tool: string): boolean => tool.split("_").some((word) => LOGS.has(word));

/** What of `stays` this request carries. */
const carriedBy = ({ said }: ModelRequest, stays: readonly Carried[]): Carried | undefined => {
  if (!stays.includes("logs")) return undefined;
  const known = answered(said);
  return said.some(({ role, of }) => role === "result" && showsLogs(known.get(of ?? "")?.tool ?? "")) ? "logs" : undefined;
};

async function* refused(what: Carried): AsyncGenerator<ModelEvent> {
  yield failed("absent", `${what} never leave the house (models.stays), and this conversation has some`);
}

export const keptInHouse = (model: Model, stays: readonly Carried[]): Model => ({
  route: model.route,
  name: model.name,
  get contextTokens() {
    return model.contextTokens;
  },
  count: model.count,
  run(request) {
    const what = carriedBy(request, stays);
    return what === undefined ? model.run(request) : refused(what);
  },
  health: model.health,
});
