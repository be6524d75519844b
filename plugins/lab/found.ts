// The lab that runs in a folder: what lab.json says, believed only when its control API answers with the same instance word.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

const ASK_MS = 2_000;

/** Begins the name of a socket's own folder under the temp folder, where the lab's is too long. */
export const PRIVATE_FOLDER = "jarvis-lab-";

const LabFile = z.looseObject({ instance: z.string(), pid: z.number(), control: z.url(), docker: z.object({ socket: z.string() }).optional() });
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

/** What a lab that was killed left outside its folder; the files inside are written anew. */
export function clearKilled(dir: string): void {
  try {
    const { socket = "" } = LabFile.parse(JSON.parse(readFileSync(labFile(dir), "utf8"))).docker ?? {};
    if (socket.startsWith(join(tmpdir(), PRIVATE_FOLDER))) rmSync(dirname(socket), { recursive: true, force: true });
  } catch {
    // No file, or not its own: there is nothing known to clear.
  }
}

/** Whether the process is there; one that is no longer ours to signal is. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
