// A client nobody here wrote: proxmoxer from PyPI, pinned.
import { join } from "node:path";
import { pythonWith } from "./python.ts";

/** The interpreter that has proxmoxer, or undefined. */
export const proxmoxerPython = async (): Promise<string | undefined> => {
  const bin = await pythonWith("proxmoxer", ["proxmoxer==2.2.0", "requests==2.32.5"]);
  return bin === undefined ? undefined : join(bin, "python");
};
