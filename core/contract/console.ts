// Console: a shell of a resource that a person types into. What a plugin offers and how bytes pass; what is typed is nobody's but theirs. Types and schemas only.
import { z } from "zod";
import type { Context } from "./context.ts";
import type { ResourceKind } from "./resource.ts";
import type { Preflight } from "./tool.ts";

const side = z.number().int().min(2).max(1000);
/** Cells of the terminal. */
export const ConsoleSize = z.object({ columns: side, rows: side });
export type ConsoleSize = z.infer<typeof ConsoleSize>;

/** What comes from the person's side. `still`: nothing was typed for a while; whoever needs a sign of life to keep the line sends it now. */
export type FromPerson = { readonly kind: "input"; readonly bytes: Uint8Array } | ({ readonly kind: "size" } & ConsoleSize) | { readonly kind: "still" };

/** The person's end of an open console. Both promises reject when the console is closed. */
export interface ConsoleLine {
  /** Said once, when the shell is there: in words, whose it is. */
  opened(words: string): void;
  /** Resolves when there is room for more: nothing is read from the shell that nobody can take. */
  put(bytes: Uint8Array): Promise<void>;
  take(): Promise<FromPerson>;
}

/** `facts`: what the preflight noted a moment ago. */
export interface ConsoleAbout extends ConsoleSize {
  readonly resource: string;
  readonly preflight: Preflight;
}

/** Opening it is an act of a person on the resource: always disruptive, as nobody knows what will be typed. */
export interface Console<C, K> {
  /** For the human: "Open a shell". */
  title: string;
  about: string;
  /** Kinds of this plugin's resources that may have one. */
  kinds: readonly ResourceKind[];
  /** The facts the policy decides by. Must not change anything. */
  preflight: (ctx: Context<C, K>, resource: string) => Promise<Preflight> | Preflight;
  /** Opens it, says so and passes bytes until either side ends. Everything it opened ends with the context's signal. Throws JarvisError when it cannot be opened. */
  attach: (ctx: Context<C, K>, about: ConsoleAbout, line: ConsoleLine) => Promise<void>;
}

/** The one end that is nobody's doing: the shell was left, or its guest. */
export const SHELL_ENDED = "The shell has ended.";

/** How a console ended: kept beside its call. Bytes: typed by the person, shown by the shell. */
export const ConsoleEnd = z.object({ endedAt: z.string(), why: z.string(), typedBytes: z.number(), shownBytes: z.number() });
export type ConsoleEnd = z.infer<typeof ConsoleEnd>;
