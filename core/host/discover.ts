// Finds plugins: the bundled by name, and whatever else lies in the plugin folders, which is only ever listed. Runs none of it.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Content, readFolder } from "./folder.ts";

export interface Bundled {
  readonly id: string;
  readonly root: string;
  readonly entry: string;
}

export interface Dropped {
  readonly id: string;
  readonly path: string;
  /** Absent when it is unfit; `error` says why. */
  readonly content?: Content;
  readonly error?: string;
}

export interface Found {
  readonly bundled: readonly Bundled[];
  readonly dropped: readonly Dropped[];
}

const ID = /^[a-z][a-z0-9-]{0,31}$/;
const MOST_DROPPED = 200;
/** Files of the plugins folder that are no plugins, and what an editor leaves behind. */
const PASSED_OVER = /^\.|~$|\.(json|md|txt|swp|bak|tmp)$/;

export interface Where {
  /** The first holds the bundled plugins. */
  readonly folders: readonly string[];
  readonly bundled: readonly string[];
}

/** A bundled id whose folder is gone is simply not there. An unreadable extra folder is an empty one. */
export const discover = ({ folders, bundled }: Where): Found => {
  const roots = folders.map((folder) => resolve(folder));
  const home = roots[0];
  const present = bundled.flatMap((id) => (home === undefined ? [] : bundledAt(home, id)));
  const dropped = new Map<string, Dropped>();
  for (const root of roots) {
    for (const name of namesIn(root)) {
      if (root === home && bundled.includes(idOf(name))) continue;
      const seen = dropped.size < MOST_DROPPED ? droppedAt(root, name, bundled) : undefined;
      if (seen === undefined) continue;
      const earlier = dropped.get(seen.id);
      dropped.set(earlier === undefined ? seen.id : seen.path, earlier === undefined ? seen : { ...seen, error: `the id ${seen.id} is taken by ${earlier.path}` });
    }
  }
  return { bundled: present, dropped: [...dropped.values()] };
};

const idOf = (name: string): string => name.replace(/\.ts$/, "");

const bundledAt = (home: string, id: string): Bundled[] => {
  const [folder, file] = [join(home, id), join(home, `${id}.ts`)];
  if (existsSync(join(folder, "plugin.ts"))) return [{ id, root: folder, entry: join(folder, "plugin.ts") }];
  return existsSync(file) ? [{ id, root: file, entry: file }] : [];
};

const namesIn = (root: string): string[] => {
  try {
    return readdirSync(root)
      .filter((name) => !PASSED_OVER.test(name))
      .sort();
  } catch {
    return [];
  }
};

const droppedAt = (root: string, name: string, bundled: readonly string[]): Dropped | undefined => {
  const [path, id] = [join(root, name), idOf(name)];
  const named = { id: id.slice(0, 64), path };
  if (!name.endsWith(".ts") && !isFolderOrLink(path)) return undefined;
  if (!ID.test(id)) return { ...named, error: `${id.slice(0, 64)} is no plugin's name: lower case letters, digits and -, beginning with a letter, at most 32` };
  if (bundled.includes(id)) return { ...named, error: `the id ${id} belongs to a bundled plugin` };
  try {
    const content = readFolder(path);
    if (path.endsWith(".ts") || content.files.includes("plugin.ts")) return { ...named, content };
    return { ...named, error: `${path} has no plugin.ts` };
  } catch (thrown) {
    return { ...named, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
};

const isFolderOrLink = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return true;
  }
};
