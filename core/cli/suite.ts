// Hands over to the test runner, which lives beside the tests and not in core; passes signals on and answers its exit code.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import { root } from "./which-config.ts";

/** Runs `tests/run/NAME.ts` (or `tests/NAME.ts`) with this Bun. */
export const runSuite = async (path: string, args: readonly string[]): Promise<number> => {
  const script = join(root, "tests", path);
  if (!existsSync(script)) throw new JarvisError("unavailable", { message: `${script} is not here: this installation was made without its tests` });
  const child = Bun.spawn([process.execPath, script, ...args], { cwd: root, stdio: ["inherit", "inherit", "inherit"] });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return child.exited;
};
