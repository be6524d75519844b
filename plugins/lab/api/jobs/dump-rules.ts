// The parameters of vzdump, shared by a single backup and by backup jobs.
import { COUNT, FLAG, oneOf, type Rules, TEXT } from "../../front/parameters.ts";
import type { Dialect } from "../../world/state.ts";

const RULES: Rules = {
  vmid: TEXT,
  all: FLAG,
  mode: oneOf("snapshot", "suspend", "stop"),
  storage: TEXT,
  compress: oneOf("0", "1", "gzip", "lzo", "zstd"),
  remove: FLAG,
  protected: FLAG,
  "notes-template": { ...TEXT, maxLength: 1_024 },
  "prune-backups": TEXT,
  mailto: TEXT,
  mailnotification: oneOf("always", "failure"),
  "notification-mode": oneOf("auto", "legacy-sendmail", "notification-system"),
  exclude: TEXT,
  "exclude-path": { type: "array" },
  quiet: FLAG,
  bwlimit: COUNT,
  ionice: { ...COUNT, max: 8 },
  lockwait: COUNT,
  stopwait: COUNT,
  stop: FLAG,
  stdexcludes: FLAG,
  pool: TEXT,
  zstd: { type: "integer" },
  pigz: { type: "integer" },
  fleecing: TEXT,
  performance: TEXT,
  maxfiles: { ...COUNT, min: 1 },
  dumpdir: TEXT,
  tmpdir: TEXT,
  script: TEXT,
  "pbs-change-detection-mode": oneOf("legacy", "data", "metadata"),
};

const OLD: Rules = { "notification-policy": oneOf("always", "failure", "never"), "notification-target": TEXT };

export const dumpRules = (dialect: Dialect): Rules => (dialect === "8.4" ? { ...RULES, ...OLD } : RULES);
