// What becomes seldomer while the API has it hard: rounds of what nobody watches and what finds no fault that must be found at once. And the words for it. Decides only.
import type { Monitor, z } from "jarvis";
import type { Config } from "../config.ts";
import type { Client } from "./client.ts";

/** Times the usual round. */
const PACES = { calm: 1, slow: 1, worn: 3 } as const;

const pace = (client: Client): number => PACES[client.ledger.strain().level];

/** The monitor with seldomer rounds while the API is worn. */
export const eased = <S extends z.ZodType>(monitor: Monitor<Config, Client, S>): Monitor<Config, Client, S> => ({ ...monitor, pace });

/** What passes sooner nobody needs to hear of. */
const TOLD_AFTER_MS = 60_000;
const OVER = "The Proxmox API answers as it should again: I ask at my usual pace.";

/** Told by the one monitor that is always read. */
export const remark = ({ ledger }: Client): { words: string; over: string } | undefined => {
  const { level, forMs } = ledger.strain();
  if (level === "calm" || forMs < TOLD_AFTER_MS) return undefined;
  return {
    words:
      level === "slow"
        ? "The Proxmox API answers slowly or not always: what can wait is asked less often until it is better. Guests, nodes and storages are looked at as before."
        : "The Proxmox API answers badly: only what matters is asked, and seldomer, until it is better. Guests, nodes and storages are looked at as before.",
    over: OVER,
  };
};
