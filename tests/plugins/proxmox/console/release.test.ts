// A console before Proxmox VE 9: termproxy has its ticket checked as a login, so a token is told why it cannot, and a user who signed in gets the shell.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ConsoleLine } from "../../../../core/contract/console.ts";
import { createClock } from "../../../../core/lib/clock.ts";
import { type Client, createClient } from "../../../../plugins/proxmox/client/client.ts";
import { attach } from "../../../../plugins/proxmox/console/attach.ts";
import { lookFor } from "../../../../plugins/proxmox/console/look.ts";
import { testContext } from "../../../support/context.ts";
import { until } from "../../../support/until.ts";
import { failure } from "../client/failure.ts";
import { configOf, type House, openHouse } from "../house.ts";

const RESOURCE = "guest/102";
const GREET_MS = 20_000;

let house: House;
beforeAll(async () => {
  house = await openHouse(5, {}, ["--dialect", "8.4"]);
}, 60_000);
afterAll(() => house?.stop());

const lineOf = () => {
  const seen = { opened: "", shown: "" };
  const line: ConsoleLine = {
    opened: (words) => {
      seen.opened = words;
    },
    put: async (bytes) => {
      seen.shown += Buffer.from(bytes).toString("utf8");
    },
    take: () => new Promise(() => undefined),
  };
  return { seen, line };
};

describe("a container's console on 8.4", () => {
  test("by a token is refused with the cause and the way out", async () => {
    const about = { resource: RESOURCE, preflight: await lookFor(house.ctx, RESOURCE), columns: 80, rows: 24 };
    const { message } = await failure(attach(house.ctx, about, lineOf().line));
    expect(message).toMatch(/^Proxmox closed the console at once: Proxmox VE 8\.4\S* takes no API token there \(jarvis@pve!operate\)/);
    expect(message).toContain("plugins.proxmox.user");
  });

  test("by a user who signed in opens", async () => {
    const password = house.lab.ready.pve.users?.find(({ userid }) => userid === "root@pam")?.password ?? "";
    const config = configOf(house.lab, { token: undefined, actToken: undefined, user: "root@pam", password });
    const signed = testContext({ config, plugin: "proxmox", clock: createClock(5) });
    const ctx = signed.withClient<Client>(createClient(config, undefined));
    const { seen, line } = lineOf();
    const about = { resource: RESOURCE, preflight: await lookFor(ctx, RESOURCE), columns: 80, rows: 24 };
    const passing = attach(ctx, about, line).catch(() => undefined);
    await until(() => seen.shown.includes("root@postgres:~# "), { withinMs: GREET_MS, what: "the prompt" });
    expect(seen.opened).toContain("Console of CT 102 (postgres)");
    signed.stop();
    await passing;
  });
});
