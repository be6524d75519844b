// What the lab model is asked and what it answers, the same whichever wire it came by.

export interface Wish {
  id: string;
  tool: string;
  arguments: unknown;
}

export type Turn =
  | { role: "person"; text: string }
  | { role: "model"; text: string; wishes: Wish[] }
  /** `of`: the id of the wish it answers. */
  | { role: "result"; text: string; of: string };

export interface Tool {
  name: string;
  about: string;
  /** JSON Schema of an object. */
  schema: unknown;
}

export interface Asked {
  system: string;
  turns: Turn[];
  tools: Tool[];
  /** `must`: some tool; a name: that one. */
  choice: "auto" | "none" | "must" | { tool: string };
  /** One wish at a time. */
  single: boolean;
  /** JSON Schema the text must fit; absent: plain words. */
  shape?: unknown;
  mostTokens: number;
}

export interface Answer {
  text: string;
  wishes: { tool: string; arguments: unknown }[];
}
