// datacenter.cfg: property strings are read as objects and written as text; without Sys.Audit on `/` only what every user interface needs is shown.
import { badParameters } from "../../front/failure.ts";
import { oneOf, type Parameters, type Rules, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, put, type Route } from "../../front/route.ts";
import type { Dialect } from "../../world/state.ts";
import { noteChange } from "../work.ts";

const FOR_ALL = ["console", "tag-style", "allowed-tags"];
const OBJECTS = ["bwlimit", "crs", "ha", "migration", "next-id", "notify", "replication", "tag-style", "u2f", "user-tag-access", "webauthn"];
const TEXTS = ["consent-text", "description", "email_from", "http_proxy", "mac_prefix", "registered-tags"];

function options({ world, who }: Call): unknown {
  const tags = [...new Set([...world.guests.values()].flatMap((guest) => guest.seed.tags))].sort();
  const all = { ...world.options, "allowed-tags": tags };
  return world.accounts.may(who, "/", "Sys.Audit") ? all : Object.fromEntries(Object.entries(all).filter(([key]) => FOR_ALL.includes(key)));
}

/** `lower=100,upper=1000` as the object a reader gets. */
function parsed(key: string, text: string): unknown {
  if (!OBJECTS.includes(key)) return text;
  const parts = text.split(",").map((part) => part.split("="));
  if (parts.some((part) => part.length !== 2 && key !== "migration"))
    throw badParameters({ [key]: `invalid format - value without key, but schema does not define a default key\n` });
  return Object.fromEntries(parts.map(([name = "", value]) => (value === undefined ? ["type", name] : [name, value])));
}

function written(parameters: Parameters): [string, unknown][] {
  return Object.entries(parameters)
    .filter(([key]) => key !== "delete")
    .map(([key, value]) => [key, typeof value === "string" ? parsed(key, value) : value]);
}

function change(call: Call): null {
  const { world, parameters } = call;
  Object.assign(world.options, Object.fromEntries(written(parameters)));
  for (const key of textOf(parameters, "delete")?.split(/[,;\s]+/) ?? []) delete world.options[key];
  noteChange(call, "cluster");
  return null;
}

const rulesOf = (dialect: Dialect): Rules => ({
  ...Object.fromEntries([...OBJECTS, ...TEXTS].filter((name) => dialect === "9.1" || name !== "replication").map((name) => [name, TEXT])),
  console: oneOf("applet", "vv", "html5", "xtermjs"),
  fencing: oneOf("watchdog", "hardware", "both"),
  keyboard: TEXT,
  language: TEXT,
  max_workers: { type: "integer", min: 1 },
  migration_unsecure: { type: "boolean" },
  delete: TEXT,
});

export const optionRoutes = (dialect: Dialect): Route[] => [
  get("/cluster/options", options),
  put("/cluster/options", change, { ...needs("/", "Sys.Modify"), rules: rulesOf(dialect) }),
];
