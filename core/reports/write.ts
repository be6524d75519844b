// A report's file: written whole or not at all, and never over one that is there. What a person made of an earlier one stays; the new one is put beside it.
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MOST_BESIDE = 20;

const codeOf = (thrown: unknown): string | undefined => (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined);

const textAt = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
};

/** False: there is something of that name already. */
const putNew = (path: string, text: string): boolean => {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(draft, "w", 0o644);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // A link, unlike a rename, never takes the place of what came there meanwhile.
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    // Not every file system has links: there it is made anew or not at all, if not in one stroke.
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(thrown) ?? "")) return putPlain(path, text);
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
};

const putPlain = (path: string, text: string): boolean => {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
};

/** A folder that is not ours to write: an image that is mounted read-only, somebody else's. */
const CLOSED: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM", "ENOTDIR"]);

export interface Wanted {
  /** The first that can be written is taken. */
  readonly folders: readonly string[];
  /** Without its ending. */
  readonly name: string;
  readonly text: string;
  /** A crash cut an earlier try short: a file that begins like this one is that try's, whatever a person has added to it since. */
  readonly isAgain?: boolean;
}

const writeIn = (folder: string, { name, text, isAgain = false }: Wanted): string => {
  mkdirSync(folder, { recursive: true });
  const heading = `${text.split("\n", 1)[0]}\n`;
  for (let number = 1; number <= MOST_BESIDE; number += 1) {
    const path = join(folder, `${name}${number === 1 ? "" : `-${number}`}.md`);
    const there = textAt(path);
    if (there === text || (isAgain && there?.startsWith(heading))) return path;
    if (there === undefined && putNew(path, text)) return path;
  }
  throw new Error(`${join(folder, name)}.md and ${MOST_BESIDE - 1} more beside it are taken: move some of them away`);
};

/** Answers the path of the file that holds it. Throws what the disk throws. */
export const writeReport = (wanted: Wanted): string => {
  const [folder = ".", ...others] = wanted.folders;
  try {
    return writeIn(folder, wanted);
  } catch (thrown) {
    if (others.length === 0 || !CLOSED.has(codeOf(thrown))) throw thrown;
    return writeReport({ ...wanted, folders: others });
  }
};
