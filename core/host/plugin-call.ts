// Calls a plugin's function: in its context, ended by the signal whatever it does, its error made one of ours, its answer parsed.
import { z } from "zod";
import type { Asker, Caller } from "../contract/caller.ts";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import { blame } from "./blame.ts";
import type { ContextSource } from "./context.ts";
import { reasonOf } from "./exchange.ts";

/** A plugin that is running. */
export interface Running {
  readonly id: string;
  readonly root: string;
  readonly entry: string;
  readonly source: ContextSource;
  readonly client: unknown;
}

interface Request<S extends z.ZodType> {
  /** `tools.guest_start.run`: for the words of an error. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly answer: S;
  readonly incident?: string | undefined;
  /** This part of the plugin may change nothing. */
  readonly looks?: boolean;
  /** In whose name it may call other tools. */
  readonly asker?: Asker | undefined;
  /** With whose words it was called. */
  readonly speaker?: Caller | undefined;
}

export const callPlugin = async <S extends z.ZodType>(plugin: Running, request: Request<S>, act: (context: Context<unknown, unknown>) => unknown): Promise<z.output<S>> => {
  const { signal, incident, looks, asker, speaker } = request;
  if (signal.aborted) throw reasonOf(signal);
  const work = plugin.source.within({ client: plugin.client, signal, incident, looks, asker, speaker }, act);
  const answer = await untilAborted(work, signal).catch((thrown: unknown) => {
    throw asJarvisError(thrown, plugin, request.what);
  });
  return parsed(plugin.id, request.what, request.answer, answer);
};

/** For the pure functions, which get no context and cannot wait. */
export const askPlugin = <S extends z.ZodType>(plugin: Pick<Running, "id" | "root" | "entry">, what: string, answer: S, act: () => unknown): z.output<S> => {
  let value: unknown;
  try {
    value = act();
  } catch (thrown) {
    throw asJarvisError(thrown, plugin, what);
  }
  return parsed(plugin.id, what, answer, value);
};

export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(reasonOf(signal));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    // The loser of the race may still fail later; nobody waits for it any more.
    work.catch(() => undefined);
    aborted.catch(() => undefined);
  }
};

const parsed = <S extends z.ZodType>(id: string, what: string, schema: S, value: unknown): z.output<S> => {
  const fits = schema.safeParse(value);
  if (fits.success) return fits.data;
  throw new JarvisError("bug", { message: `${id}: ${what} answered something else than promised: ${z.prettifyError(fits.error).slice(0, 500)}` });
};

/** What the other side sent and no schema or JSON parser could read is the other side's fault; the rest is the plugin's. */
const asJarvisError = (thrown: unknown, plugin: Pick<Running, "id" | "root" | "entry">, what: string): JarvisError => {
  if (thrown instanceof JarvisError) return thrown;
  if (thrown instanceof z.ZodError) {
    const issue = thrown.issues[0];
    return new JarvisError("upstream_garbage", {
      message: `${plugin.id}: an answer does not fit: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.slice(0, 500),
      cause: thrown,
    });
  }
  if (thrown instanceof SyntaxError)
    return new JarvisError("upstream_garbage", { message: `${plugin.id}: an answer is not the JSON it should be: ${thrown.message}`.slice(0, 500), cause: thrown });
  return new JarvisError("bug", { message: `${plugin.id}: ${what} broke: ${blame(thrown, plugin)}`, cause: thrown });
};
