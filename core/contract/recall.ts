// What is remembered that bears on some words, as lines to be told or put before a model. Data, whatever it says: never an instruction.
import { z } from "zod";
import { RecordSource } from "./record.ts";

/** `source`: where it stands (`operator.md:4`, `fact 12`, `INC-0007`). `said`: whose words it is; nothing from outside is recalled. `at`: ISO time. */
export const Recalled = z.object({
  text: z.string().min(1).max(1000),
  source: z.string().min(1).max(200),
  said: RecordSource.exclude(["outside"]),
  at: z.string().max(40).optional(),
});
export type Recalled = z.infer<typeof Recalled>;

/** At most so many lines and characters of text in all. */
export interface RecallBudget {
  lines: number;
  characters: number;
}

/** Best first, within the budget. Never throws and never waits long: what cannot be had in time is left out. */
export type Recall = (words: string, budget: RecallBudget) => Promise<Recalled[]>;
