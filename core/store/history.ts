// The past of all figures: readings as they came, four tiers made from them, and what sources told of the time before. The one face of core/store/history.
import { createChunks } from "./history/chunks.ts";
import { createFill } from "./history/fill.ts";
import { createNames } from "./history/names.ts";
import { createReader } from "./history/read.ts";
import { createRoll } from "./history/roll.ts";
import { createSamples } from "./history/samples.ts";
import type { Kept } from "./kept.ts";
import type { OpenDatabase } from "./open.ts";

interface Options {
  db: OpenDatabase;
  kept: Kept;
  /** Words of what could not be kept. */
  failed: (words: string) => void;
}

export const createHistory = ({ db, kept, failed }: Options) => {
  const samples = createSamples(db);
  const names = createNames(db);
  const chunks = createChunks(db);
  const roll = createRoll({ db, kept, samples, names, chunks, failed });
  return {
    /** One reading's figures. */
    add: samples.add,
    /** When the last reading was kept, epoch ms. */
    newest: samples.newest,
    ...createReader({ samples, names, chunks, mark: roll.mark }),
    work: roll.work,
    fill: createFill({ db, names, chunks }),
  };
};

export type History = ReturnType<typeof createHistory>;
