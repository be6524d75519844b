// Keeps what a container looked like before anything is touched: its log, its inspect without secrets, its events. Reads only.
import type { Context } from "jarvis";
import type { Config } from "../config.ts";
import { inspect } from "../engine/calls.ts";
import type { Client } from "../engine/client.ts";
import { lastLines } from "../engine/logs.ts";
import { past } from "../engine/past.ts";
import { pick } from "../pick.ts";

const LOG_LINES = 200;
const MAX_INSPECT = 60_000;
const SECRET = /(pass(word|wd)?|secret|token|key|credential|auth)/i;
const HIDDEN = "(hidden)";

/** Values of the environment go, whatever their name; of labels, commands and arguments what calls itself a secret. Pure. */
export const withoutSecrets = (value: unknown, name = ""): unknown => {
  if (Array.isArray(value)) return name === "Env" ? value.map((entry) => `${String(entry).split("=")[0]}=${HIDDEN}`) : hiddenArguments(value, name);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]));
  if (typeof value !== "string") return value;
  return SECRET.test(name) ? HIDDEN : value.replace(/(\/\/[^/\s:@]+:)[^@\s/]+@/g, `$1${HIDDEN}@`).replace(/((?:pass(?:word|wd)?|secret|token|api-?key)[=:])\S+/gi, `$1${HIDDEN}`);
};

/** `--token abc`: the word after a secret's flag goes too. */
const hiddenArguments = (words: readonly unknown[], name: string): unknown[] =>
  words.map((word, at) => {
    const before = words[at - 1];
    return typeof word === "string" && typeof before === "string" && before.startsWith("-") && !before.includes("=") && SECRET.test(before) ? HIDDEN : withoutSecrets(word, name);
  });

export const scene = async (ctx: Context<Config, Client>, about: { resource: string }): Promise<Record<string, string>> => {
  const { engine, id } = await pick(ctx, { container: about.resource });
  const { inspect: seen, body } = await inspect(ctx, engine.where, id);
  const [log, told] = await Promise.allSettled([lastLines(ctx, engine.where, id, seen.Config.Tty, { tail: LOG_LINES }), past(ctx, engine, id)]);
  const lost = (thrown: unknown): string => `(could not be read: ${thrown instanceof Error ? thrown.message : "unknown"})`;
  return {
    log: log.status === "fulfilled" ? log.value.map((line) => `${line.stream} ${line.text}`).join("\n") : lost(log.reason),
    inspect: JSON.stringify(withoutSecrets(JSON.parse(body)), undefined, 2).slice(0, MAX_INSPECT),
    events:
      told.status === "fulfilled"
        ? told.value.events
            .map((event) =>
              [event.at, event.action, event.exitCode === undefined ? "" : `exit ${event.exitCode}`, event.signal === undefined ? "" : `signal ${event.signal}`].join(" ").trim(),
            )
            .join("\n")
        : lost(told.reason),
  };
};
