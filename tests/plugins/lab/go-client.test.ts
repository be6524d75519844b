// go-proxmox, a Go client nobody here wrote, logs in to the lab, lists, stops and starts a guest and follows its tasks. Skipped, saying so, where it cannot be had; in CI with a Go that is a failure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { goClient, hasGo } from "../../support/go-client.ts";
import { drive, EXPECTED, MISSING, openForForeigners } from "./foreign-client.ts";

const program = await goClient();
if (!program) console.warn("the Go client cannot be had here (no Go, or no way to its module): its tests are skipped");

test.if(Boolean(process.env.CI) && hasGo())("in CI the Go client is there", () => expect(program).toBeDefined());

describe.skipIf(!program)("go-proxmox", () => {
  let house: Awaited<ReturnType<typeof openForForeigners>>;
  beforeAll(async () => {
    house = await openForForeigners();
  });
  afterAll(() => house?.lab.close());

  const asked = (order: Record<string, unknown>) => drive([program ?? ""], { URL: house.url, CA: house.ca, Node: "pve", ...order });
  const expected = { ...EXPECTED, missing: expect.stringContaining(MISSING) };

  test("logs in with a password and drives a guest, its TLS checked against the node's certificate", async () => {
    expect(await asked({ How: "password", User: "root@pam", Secret: house.password, VMID: 109 })).toEqual(expected);
  }, 60_000);

  test("does the same with an API token", async () => {
    const [id, secret] = house.token;
    expect(await asked({ How: "token", User: id, Secret: secret, VMID: 115 })).toEqual(expected);
  }, 60_000);
});
