// The programs of the system that suites need, and the Debian packages that bring them. Installs only as root, and says what it does.
import { root } from "./files.ts";
import { runToEnd } from "./spawn.ts";
import type { Outcome } from "./tally.ts";

const INSTALL_SECONDS = 600;

interface Need {
  readonly debian: string;
  readonly for: string;
  readonly here: () => boolean;
}

const onPath =
  (...names: string[]) =>
  (): boolean =>
    names.some((name) => Bun.which(name) !== null);
const hasVenv = (): boolean => Bun.which("python3") !== null && Bun.spawnSync(["python3", "-c", "import venv, ensurepip"], { stderr: "ignore" }).exitCode === 0;

const NEEDS: readonly Need[] = [
  { debian: "chromium", for: "the screen's stories", here: onPath("chromium", "chromium-browser", "google-chrome") },
  { debian: "docker.io", for: "the real Docker engine", here: onPath("dockerd") },
  { debian: "busybox-static", for: "containers without a registry", here: onPath("busybox") },
  { debian: "strace", for: "the order of system calls", here: onPath("strace") },
  { debian: "python3-venv", for: "the foreign Proxmox client", here: hasVenv },
];

const missing = (): readonly Need[] => NEEDS.filter((need) => !need.here());

/** Brings what is missing when it may. In CI what cannot be brought is a failure; elsewhere the suites that need it say that they skip. */
export const bringPackages = async (ci: boolean, say: (line: string) => void): Promise<Outcome | undefined> => {
  const wanted = missing();
  if (wanted.length === 0) return undefined;
  const list = wanted.map((need) => `${need.debian} (${need.for})`).join(", ");
  const mayInstall = process.getuid?.() === 0 && Bun.which("apt-get") !== null;
  let words = `not here: ${list}`;
  if (mayInstall) {
    say(`installing Debian packages: ${list} ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const names = wanted.map((need) => need.debian).join(" ");
    const done = await runToEnd({
      command: ["sh", "-c", `apt-get update -qq; apt-get install -y -qq --no-install-recommends ${names}`],
      cwd: root,
      env,
      deadlineSeconds: INSTALL_SECONDS,
    });
    words = done.words;
  } else say(`${words}. As root, or with: apt-get install ${wanted.map((need) => need.debian).join(" ")}, their suites run too.`);
  const still = missing();
  if (still.length === 0) return undefined;
  const name = `set-up: ${still.map((need) => need.debian).join(", ")}`;
  return { name, passed: 0, failed: ci ? 1 : 0, skipped: 0, skips: [], seconds: 0, words };
};
