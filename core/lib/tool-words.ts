// A call in plain words: the verb of its tool's own name, and what it was done to by the name people use. Knows no tool. Pure.

/** `plugin_noun_verb` in parts; the plugin's id has no underscore, and is itself the noun of `plugin_verb`. */
export const partsOf = (name: string): { noun: string; verb: string } => {
  const [plugin = "", ...rest] = name.split("_");
  return { noun: rest.length === 1 ? plugin.replaceAll("-", " ") : rest.slice(0, -1).join(" "), verb: rest.at(-1) ?? "" };
};

const SAID: Record<string, [plain: string, past: string]> = {
  shutdown: ["shut down", "shut down"],
  backup: ["back up", "backed up"],
  rollback: ["roll back", "rolled back"],
  stop: ["stop", "stopped"],
  reset: ["reset", "reset"],
  run: ["run", "ran"],
  exec: ["run a command in", "ran a command in"],
  set: ["change", "changed"],
  get: ["look at", "looked at"],
  wake: ["wake", "woke"],
  thaw: ["thaw", "thawed"],
  trim: ["trim", "trimmed"],
  retry: ["retry", "retried"],
  prune: ["clean up", "cleaned up"],
};

/** `restart`, `restarted`. */
export const verbsOf = (tool: string): { plain: string; past: string } => {
  const { verb } = partsOf(tool);
  const [plain, past] = SAID[verb] ?? [verb, verb.endsWith("e") ? `${verb}d` : `${verb}ed`];
  return { plain, past };
};

/** `nginx`, `the snapshot of nextcloud`, `the runbook storage-full`. `name`: of the target, as it shall be told. */
export const objectOf = (tool: string, target: string | null, name: string): string => {
  const { noun } = partsOf(tool);
  if (target === null) return `the ${noun || "house"}`;
  const [kind = ""] = target.split("/");
  // `guest snapshot` of a guest is its snapshot.
  const own = noun
    .split(" ")
    .filter((word) => word !== kind)
    .join(" ");
  if (own === "") return name;
  return kind === "service" ? `the ${own} ${name}` : `the ${own} of ${name}`;
};
