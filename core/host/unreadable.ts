// Faults of a plugin's configuration that only show at the files it names: said about jarvis.yaml, never about the plugin's source. Reads no content.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { type Issue, JarvisError } from "../contract/error.ts";
import { wishValue } from "../contract/permission.ts";
import { whyUnreadable } from "../lib/unreadable.ts";
import { described } from "../lib/wording.ts";
import type { Grant } from "./grant.ts";
import { allows } from "./grant.ts";
import type { PluginLiteral } from "./literal.ts";
import { type ConfiguredPath, filesIn } from "./wish.ts";

interface Configured {
  readonly id: string;
  readonly literal: PluginLiteral;
  readonly config: unknown;
}

const named = ({ literal, config }: Configured): ConfiguredPath[] =>
  (literal.permissions.read ?? [])
    .map(wishValue)
    .filter((value) => value.startsWith("config:"))
    .flatMap((value) => filesIn(value.slice("config:".length), config));

const said = ({ id, literal }: Configured, { keys, path }: ConfiguredPath, why: string): Issue => {
  const expected = described(literal.config, keys) ?? "the path of a file";
  return { path: ["plugins", id, ...keys].join("."), message: `${resolve(path)} ${why}. Expected: ${expected}; the user Jarvis runs as must be able to read it` };
};

/** Each granted file of the configuration that is not there or may not be read. */
export const unreadable = async (configured: Configured, grant: Grant): Promise<Issue[]> => {
  const issues = await Promise.all(
    named(configured)
      .filter(({ path }) => allows(grant, "read", path))
      .map(async (file) =>
        access(resolve(file.path), constants.R_OK).then(
          () => [],
          (thrown: unknown) => [said(configured, file, whyUnreadable(thrown))],
        ),
      ),
  );
  return issues.flat();
};

/** What a plugin says against its configuration while it connects, or undefined when its words are about something else. */
export const configurationIssues = (thrown: unknown, configured: Configured): readonly Issue[] | undefined => {
  if (!(thrown instanceof JarvisError)) return undefined;
  const prefix = `plugins.${configured.id}`;
  const file = named(configured).find(({ path }) => thrown.message.includes(path));
  if (thrown.type !== "configuration" && file === undefined) return undefined;
  if (thrown.details.issues !== undefined) return thrown.details.issues.map(({ path, message }) => ({ path: path.startsWith(prefix) ? path : `${prefix}.${path}`, message }));
  const [, key = "", words = thrown.message] = new RegExp(`^${prefix}\\.([\\w.-]*\\w)\\s+(.*)$`, "s").exec(thrown.message) ?? [];
  const path = thrown.details.path ?? (key === "" ? (file?.keys.join(".") ?? "") : key);
  return [{ path: path === "" ? prefix : `${prefix}.${path}`, message: words }];
};
