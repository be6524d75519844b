// Opens jarvis.db, what is remembered beside the journal. A damaged one goes aside and is told, and Jarvis asks before it disturbs anything: what it tried before is not known any more.
import { join } from "node:path";
import type { Caller } from "../contract/caller.ts";
import type { Log } from "../lib/log.ts";
import { type OpenDatabase, openDatabase } from "../store/open.ts";
import { type Damage, openWhole } from "../store/whole.ts";
import type { Switches } from "../tools/switches.ts";

const ITSELF: Caller = { kind: "system", id: "database", scope: "operate", tainted: false };

/** Throws when it is locked, or when there is no room or right to make it. */
export const openMemory = (folder: string, root: string, nowMs: number) => {
  const path = join(folder, "jarvis.db");
  const open = () => openDatabase({ path, migrationsFolder: join(root, "core/store/migrations/jarvis"), synchronous: "NORMAL" });
  return openWhole({ path, open, nowMs });
};

/** A full disk is told once, and its end: what waits for room meanwhile is written by itself. */
const tellRoom = ({ patient }: Pick<OpenDatabase, "patient">, folder: string, log: Log, notice: (words: string) => void): void =>
  patient.on((words) => {
    log(words === undefined ? "info" : "error", words === undefined ? "jarvis.db can be written again" : "jarvis.db takes nothing", words === undefined ? {} : { error: words });
    notice(
      words === undefined
        ? "The disk with my memory takes writes again; what waited is on it now."
        : `The disk with my memory (${folder}) takes nothing (${words}). I go on watching, and what I may not put on record I do not do: make room there, then I go on by myself.`,
    );
  });

interface Told {
  readonly log: Log;
  readonly notice: (words: string) => void;
  readonly switches: Pick<Switches, "view" | "setMode">;
}

const tellDamage = ({ aside, words }: Damage, { log, notice, switches }: Told): void => {
  log("error", "jarvis.db was damaged; it was moved aside and a new one begun", { aside, error: words });
  if (switches.view().mode === "act") switches.setMode("propose", ITSELF, "jarvis.db was damaged and begun anew");
  notice(
    `What I remembered was damaged and lies aside as ${aside}: past readings, incidents, tokens, sessions and approvals of plugins begin anew. The record of my acts is apart and not touched. I ask before I disturb anything until you raise autonomy again.`,
  );
};

/** What there is to say of it: that it was damaged, and from now on when its disk is full. */
export const tellMemory = ({ db, damage, folder }: { db: Pick<OpenDatabase, "patient">; damage: Damage | undefined; folder: string }, told: Told): void => {
  tellRoom(db, folder, told.log, told.notice);
  if (damage) tellDamage(damage, told);
};
