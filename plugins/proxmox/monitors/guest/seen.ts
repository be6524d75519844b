// One sight of a guest in the shared list, as the findings are drawn from it. Holds no behaviour.
import type { Entry } from "../../shapes/resources.ts";

export interface Seen {
  entry: Entry;
  vmid: number;
  node: string;
  status: string;
  startedAt: string | undefined;
}
