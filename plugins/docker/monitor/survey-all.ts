// Reads every engine once. One that fails is told in the state; only when all fail is there no reading at all.
import type { Context } from "jarvis";
import type { Config } from "../config.ts";
import type { Client } from "../engine/client.ts";

export const surveyAll = async (ctx: Context<Config, Client>): Promise<void> => {
  const { engines } = ctx.client;
  const answers = await Promise.allSettled(engines.map((engine) => engine.survey(ctx)));
  const failed = answers.find((answer) => answer.status === "rejected");
  if (failed?.status === "rejected" && answers.every((answer) => answer.status === "rejected")) throw failed.reason;
};
