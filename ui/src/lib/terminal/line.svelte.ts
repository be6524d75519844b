// What the command line showed so far; it outlives a change of tab, not a reload.

interface Entry {
  id: number;
  kind: "typed" | "answer" | "failed" | "talk";
  text: string;
}

const KEPT = 300;
let ids = 0;
let entries = $state.raw<readonly Entry[]>([]);
const history: string[] = [];

const add = (kind: Entry["kind"], text: string): void => {
  ids += 1;
  entries = [...entries, { id: ids, kind, text }].slice(-KEPT);
};

export const line = {
  get entries(): readonly Entry[] {
    return entries;
  },
  history,
  typed(text: string): void {
    if (history.at(-1) !== text) history.push(text);
    add("typed", text);
  },
  say(text: string, kind: "answer" | "failed"): void {
    if (text !== "") add(kind, text);
  },
  /** Shows the answer to this message of the conversation, as it streams. */
  follow(message: string | undefined): void {
    if (message !== undefined) add("talk", message);
  },
  clear(): void {
    entries = [];
  },
};
