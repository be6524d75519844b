// The one place that asks the system to tell of changes in a folder. It names what changed and never says how: whoever is told looks for himself.
import { watch } from "node:fs";

export interface FolderWatch {
  readonly folder: string;
  /** A name in the folder appeared, changed or went. */
  readonly told: (name: string) => void;
  /** The system stopped telling. */
  readonly ended: () => void;
}

/** Answers how to stop, or undefined where there is nothing to watch (no folder yet, a network mount, no watches left). */
export const watchFolder = ({ folder, told, ended }: FolderWatch): (() => void) | undefined => {
  try {
    let open = true;
    const watcher = watch(folder, { persistent: false, recursive: false }, (_event, name) => {
      if (open) told(name ?? "");
    });
    watcher.on("error", () => {
      if (!open) return;
      open = false;
      watcher.close();
      ended();
    });
    return () => {
      open = false;
      watcher.close();
    };
  } catch {
    return undefined;
  }
};
