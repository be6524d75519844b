// A house for the page's stories: the real lab and core, from a copy of the tree with its own built page, so that no other build pulls it away. For tests only.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import type { Launched } from "../support/chromium.ts";
import { type HouseOptions, startHouse } from "../support/living-house.ts";
import { builtPage } from "../support/ui-server.ts";
import { until } from "../support/until.ts";

const root = resolve(import.meta.dir, "../..");
const PATIENCE = { withinMs: 60_000 };

/** Below those the system gives to others: it stays free while the house starts again. */
const [LOWEST_PORT, PORTS, TRIES] = [12_000, 16_000, 20];
const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
const freePort = async (): Promise<number> => {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port among ${TRIES} from ${LOWEST_PORT} on`);
};

/** core, plugins and the built page; the packages are linked. */
const copiedTree = (): string => {
  const page = builtPage();
  const tree = mkdtempSync(join(tmpdir(), "jt-"));
  for (const name of ["core", "plugins", "package.json", "tsconfig.json"]) cpSync(join(root, name), join(tree, name), { recursive: true });
  cpSync(page, join(tree, "ui/build"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  rmSync(page, { recursive: true, force: true });
  return tree;
};

/** Started on a port that stays the same over restarts, and already looking at all its guests. */
export const startStoryHouse = async (options: HouseOptions = {}) => {
  const tree = copiedTree();
  const port = await freePort();
  const house = await startHouse({ speed: 5, ...options, tree, env: { JARVIS_PORT: String(port), ...options.env } });
  const guests = async () => (await house.rpc("state.get")).resources.filter(({ kind }) => kind === "guest");
  await until(async () => (await guests()).filter(({ status }) => status === "up").length > 15, { ...PATIENCE, what: "the guests to be seen" });
  return {
    ...house,
    house,
    url: house.url.replace(/\/$/, ""),
    async rename(node: string, kind: "qemu" | "lxc", vmid: number, name: string): Promise<void> {
      const params = { [kind === "lxc" ? "hostname" : "name"]: name };
      const answer = await house.lab.post("/as", { user: "root@pam", method: "PUT", path: `/nodes/${node}/${kind}/${vmid}/config`, params });
      if (!Bun.deepMatch({ status: 200 }, answer as object)) throw new Error(`the lab renamed nothing: ${JSON.stringify(answer)}`);
    },
    incidentOf: async (resource: string) => (await house.rpc("incidents.list")).incidents.find((incident) => incident.resource === resource),
    async stop(): Promise<void> {
      await house.stop();
      rmSync(tree, { recursive: true, force: true });
    },
  };
};

export type StoryHouse = Awaited<ReturnType<typeof startStoryHouse>>;

/** A page of the house with its line up; what its console says as an error is added to `errors`. */
export const openPage = async (browser: Launched, url: string, { route = "/", errors = [] as string[] } = {}): Promise<Page> => {
  const page = await browser.context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${route}: ${message.text()}`);
  });
  page.on("pageerror", (error) => errors.push(`${route}: ${error}`));
  await page.goto(url + route);
  await page.getByText("Live").first().waitFor({ timeout: 15_000 });
  return page;
};
