// What Jarvis's credentials may, what they lack and what that costs, as plain data and in people's words: for the tool, the monitor and the set-up words alike.
import { z } from "jarvis";
import type { Held, Rights } from "../client/access.ts";
import type { Caller, Client } from "../client/client.ts";
import { NEEDS } from "../client/needs.ts";
import type { Lack } from "../client/rights.ts";
import { compact } from "../shapes/compact.ts";

const Missing = z.object({
  feature: z.string(),
  privilege: z.string(),
  path: z.string(),
  /** `part`: held on some things below the path only, named in `only`. */
  grade: z.enum(["missing", "part"]),
  only: z.array(z.string()),
  loses: z.string(),
  words: z.string(),
});

const Credential = z.object({ who: z.string(), granted: z.array(z.string()), missing: z.array(Missing), extras: z.array(Missing) });

export const Report = z.object({
  version: z.string().optional(),
  read: Credential,
  act: Credential.optional(),
  /** The endpoints in the owner's order. */
  endpoints: z.array(
    z.object({
      origin: z.string(),
      standing: z.enum(["untried", "well", "unreachable", "slow", "tls", "broken", "alone"]),
      since: z.string().optional(),
      words: z.string().optional(),
    }),
  ),
  callsLastMinute: z.number(),
});
export type Report = z.output<typeof Report>;
type Credential = z.output<typeof Credential>;

const missingOf = ({ need, privilege, grade, only, words }: Lack): z.output<typeof Missing> => ({
  feature: need.feature,
  privilege,
  path: need.path,
  grade,
  only: [...only],
  loses: need.loses,
  words,
});

const credentialOf = (held: Held, role: "read" | "act"): Credential => {
  const lacking = new Set([...held.lacks, ...held.extras].map(({ need }) => need.feature));
  return {
    who: held.who,
    granted: NEEDS.filter((need) => need.role === role && !lacking.has(need.feature)).map((need) => need.feature),
    missing: held.lacks.map(missingOf),
    extras: held.extras.map(missingOf),
  };
};

const reportOf = (rights: Rights, client: Pick<Client, "health" | "ledger">, now: number): Report =>
  compact({
    version: rights.version,
    read: credentialOf(rights.read, "read"),
    act: rights.act && credentialOf(rights.act, "act"),
    endpoints: client
      .health()
      .map(({ origin, standing, since, words }) => compact({ origin, standing, since: since === undefined ? undefined : new Date(since).toISOString(), words })),
    callsLastMinute: client.ledger.lately(now),
  });

export const readReport = async (ctx: Caller, client: Client, options: Parameters<Client["rights"]>[1] = {}): Promise<Report> =>
  reportOf(await client.rights(ctx, options), client, ctx.now());

const credentialLines = (title: string, { who, granted, missing, extras }: Credential): string[] => [
  `${title} ${who}`,
  `  granted: ${granted.join(", ") || "nothing"}`,
  ...missing.map(({ privilege, path, only, loses }) => `  missing: ${privilege} on ${path}${only.length > 0 ? ` (held only on ${only.join(", ")})` : ""}. You lose: ${loses}.`),
  ...(missing.length === 0 ? ["  nothing is missing"] : []),
  ...extras.map(({ privilege, path, loses }) => `  not granted, only if you want it: ${privilege} on ${path}, for ${loses}`),
];

export const wordsOf = (report: Report): string =>
  [
    `Proxmox VE ${report.version ?? "(its release is not told)"}, ${report.callsLastMinute} calls in the last minute`,
    ...report.endpoints.map(({ origin, standing, words }) => `endpoint ${origin}: ${standing}${words === undefined ? "" : ` (${words})`}`),
    ...credentialLines("Reads as", report.read),
    ...(report.act === undefined ? ["Acts: no, there is no actToken"] : credentialLines("Acts as", report.act)),
  ].join("\n");
