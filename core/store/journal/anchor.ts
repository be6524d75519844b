// The anchor: the chain's head kept in a file outside the database, so that a cut tail or a restored older copy shows. Written atomically.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { z } from "zod";

const Anchor = z.object({ seq: z.number().int().nonnegative(), hash: z.string(), epoch: z.number().int(), at: z.string() });
export type Anchor = z.infer<typeof Anchor>;

/** "absent": no such file; "unreadable": there is one, and it makes no sense. */
export const readAnchor = (path: string): Anchor | "absent" | "unreadable" => {
  try {
    const parsed = Anchor.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : "unreadable";
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" ? "absent" : "unreadable";
  }
};

export const writeAnchor = (path: string, anchor: Anchor): void => {
  const fresh = `${path}.new`;
  const file = openSync(fresh, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(anchor)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
};
