// The whole picture: what the engines know, and for those not read since Jarvis began what its last run showed. Without that a host that is lost at a restart would look empty.
import type { Context } from "jarvis";
import type { Config } from "../config.ts";
import type { Client } from "../engine/client.ts";
import { State, stateOf } from "./state.ts";

const OWN_CHANNEL = "docker/containers";

/** Once for a client, before its first picture. */
export const recall = async (ctx: Context<Config, Client>): Promise<void> => {
  const { former } = ctx.client;
  former.asked ??= ctx.state(OWN_CHANNEL).then(
    ({ [OWN_CHANNEL]: reading }) => {
      const { data } = State.safeParse(reading?.value);
      if (data !== undefined && reading !== undefined) former.shown = { state: data, at: reading.at };
    },
    (thrown: unknown) => ctx.log("what was shown before could not be recalled", { words: thrown instanceof Error ? thrown.message : "unknown" }),
  );
  await former.asked;
};

export const pictureOf = ({ engines, former }: Client, nowMs: number): State => stateOf(engines, nowMs, former.shown);
