// What a running core tells about itself in $JARVIS_DATA/run.json, and whether its process still lives. Changes nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** `data`: where KILL and the databases live when the configuration moves them; `control`: the socket's path when it had to move. */
const RunFile = z.object({ pid: z.number().int().positive(), url: z.string(), startedAt: z.string(), data: z.string().optional(), control: z.string().optional() });
export type RunFile = z.infer<typeof RunFile>;

export const readRunFile = (data: string): RunFile | undefined => {
  try {
    return RunFile.parse(JSON.parse(readFileSync(join(data, "run.json"), "utf8")));
  } catch {
    return undefined;
  }
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
};

export const controlPath = (data: string, run: RunFile | undefined): string => run?.control ?? join(data, "control.sock");
