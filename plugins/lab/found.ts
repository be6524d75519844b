// The lab that runs in a folder: what lab.json says, believed only when its control API answers with the same instance word.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const ASK_MS = 2_000;

const LabFile = z.looseObject({ instance: z.string(), pid: z.number(), control: z.url() });
export type LabFile = z.infer<typeof LabFile>;

export const labFile = (dir: string): string => join(dir, "lab.json");

export async function findLab(dir: string): Promise<LabFile | undefined> {
  const path = labFile(dir);
  if (!existsSync(path)) return undefined;
  try {
    const lab = LabFile.parse(JSON.parse(readFileSync(path, "utf8")));
    const response = await fetch(lab.control, { signal: AbortSignal.timeout(ASK_MS) });
    const answer = z.object({ instance: z.string() }).parse(await response.json());
    return answer.instance === lab.instance ? lab : undefined;
  } catch {
    return undefined;
  }
}
