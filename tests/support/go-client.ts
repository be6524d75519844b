// A Go client nobody here wrote, pinned by its go.sum: built once from tests/plugins/lab/go-client and kept beside the packages. Undefined where there is no Go or no way to the module.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dir, "../plugins/lab/go-client");
const home = join(import.meta.dir, "../../node_modules/.cache/jarvis-go-client");

export const hasGo = (): boolean => Bun.which("go") !== null;

/** The path of the built program. What it was built from is in its name. */
export const goClient = async (): Promise<string | undefined> => {
  const go = Bun.which("go");
  if (go === null) return undefined;
  const hash = new Bun.CryptoHasher("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(source, file)));
  const program = join(home, `client-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  const child = Bun.spawn([go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", program, "."], { cwd: source, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return (await child.exited) === 0 && existsSync(program) ? program : undefined;
};
