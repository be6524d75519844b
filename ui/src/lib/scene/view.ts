// What the stage is told to show: plain data, the same for the canvas and for tests. Holds no behaviour.
import type { Condition } from "../resource/condition.ts";
import type { Mood } from "../resource/work.ts";
import type { Slice } from "./day.ts";
import type { CellLook } from "./fold.ts";
import type { Graph } from "./graph.ts";
import type { Palette } from "./palette.ts";

export interface StageView {
  graph: Graph;
  /** Pixels of the page to one of the graph: the root's size over 16, so that a wall of 4K shows the wall's picture and not a smaller one. */
  unit: number;
  cells: ReadonlyMap<string, CellLook>;
  nodes: ReadonlyMap<string, Condition>;
  /** Nodes whose vote is missing. */
  voteless: ReadonlySet<string>;
  /** The votes are not of now: the ring is broken and grey. */
  quorumOld: boolean;
  mood: Mood;
  /** Steps done of the open incident. */
  done: number | undefined;
  /** The step that is running; none while nothing is done. */
  now: number | undefined;
  /** Cell or node the beam goes to. */
  target: string | undefined;
  day: readonly Slice[];
  nowSlice: number;
  palette: Palette;
  /** Nothing may move by itself. */
  still: boolean;
  /** The idle orb breathes at 10 frames a second. */
  ambient: boolean;
  /** The clusters are drawn elsewhere or not at all. */
  bare: boolean;
}
