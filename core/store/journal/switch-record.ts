// What the journal keeps of the switches: mode and kill, who moved them, and which breaks of the chain the operator has accepted.
import { z } from "zod";
import { Caller } from "../../contract/caller.ts";
import { Autonomy, KillLevel } from "../../contract/wire.ts";

/** `configured`: the word in the configuration, noted when it differs from the last one noted: the operator edited the file. */
export const SwitchRecord = z.discriminatedUnion("act", [
  z.object({ act: z.literal("configured"), mode: Autonomy }),
  z.object({ act: z.literal("mode"), mode: Autonomy, by: Caller, why: z.string().optional() }),
  z.object({ act: z.literal("engage"), level: KillLevel, by: Caller, reason: z.string().optional() }),
  z.object({ act: z.literal("release"), by: Caller, accepted: z.array(z.string()) }),
]);
export type SwitchRecord = z.infer<typeof SwitchRecord>;

export interface SwitchState {
  readonly mode?: Autonomy;
  readonly configured?: Autonomy;
  readonly killLevel?: KillLevel;
  /** Keys of the journal's problems that the operator has seen and released. */
  readonly accepted: readonly string[];
}

/** The last word of each switch. Pure. */
export const foldSwitches = (records: readonly SwitchRecord[]): SwitchState => {
  let state: SwitchState = { accepted: [] };
  for (const record of records) {
    if (record.act === "configured") state = { ...state, configured: record.mode, mode: record.mode };
    if (record.act === "mode") state = { ...state, mode: record.mode };
    if (record.act === "engage") state = { ...state, killLevel: record.level };
    if (record.act === "release") {
      const { killLevel: _, ...rest } = state;
      state = { ...rest, accepted: [...new Set([...state.accepted, ...record.accepted])].slice(-1000) };
    }
  }
  return state;
};
