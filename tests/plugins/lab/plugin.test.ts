// The lab as a plugin: its tools break and heal over the control API, its monitor shows what stands, and it reaches nothing else.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ResourceId } from "../../../core/contract/resource.ts";
import plugin from "../../../plugins/lab/plugin.ts";
import { testContext } from "../../support/context.ts";
import { failure } from "../proxmox/client/failure.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 20 });
});
afterAll(() => lab.close());

const context = () => testContext({ config: { control: lab.about.control }, plugin: "lab", through: "messages" });
const standing = async () => rows((await lab.control("GET", "/state")).body.faults).map((one) => `${one.name} ${one.target}`);

test("breaking, listing and healing, through messages", async () => {
  const held = context();
  const ctx = held.withClient(undefined);
  const tools = plugin.tools;
  if (!tools) throw new Error("the lab has no tools");
  const broken = await tools.fault_break.run(ctx, { name: "guest-crash", target: "guest/101" }, {});
  expect(broken.text).toBe("guest/101 has guest-crash.");
  expect(await standing()).toEqual(["guest-crash guest/101"]);
  expect((await tools.fault_list.run(ctx, {}, {})).text).toContain("guest/101 has guest-crash");
  const state = await plugin.monitors?.faults.read(ctx);
  const row = state?.faults.find((fault) => fault.name === "guest-crash");
  expect([row?.status, row?.standing]).toEqual(["down", ["guest/101"]]);
  const healed = await tools.fault_heal.run(ctx, { name: "guest-crash" }, {});
  expect(record(healed.data).healed).toHaveLength(1);
  expect(await standing()).toEqual([]);
  await held.stop();
});

test("an unknown fault is not found, with the nearest in the words", async () => {
  const held = context();
  const tools = plugin.tools;
  await expect(Promise.resolve(tools?.fault_break.run(held.withClient(undefined), { name: "gest-crash" }, {}))).rejects.toThrow("guest-crash");
  await held.stop();
});

test("a word the fault does not take is bad input, by its name, and breaks nothing", async () => {
  const held = context();
  const tools = plugin.tools;
  const refused = await failure(Promise.resolve(tools?.fault_break.run(held.withClient(undefined), { name: "backup-stale", args: { days: "many" } }, {})));
  expect([refused.type, refused.message]).toEqual(["bad_input", "days of backup-stale is a number from 0.1 to 5000 (days), not 'many'"]);
  expect(tools?.fault_break.input.safeParse({ name: "guest-crash", args: { target: "guest/101" } }).success).toBe(false);
  expect(await standing()).toEqual([]);
  await held.stop();
});

test("its acts are reversible and their target is the lab's own", () => {
  expect(plugin.tools?.fault_break.effect).toBe("reversible");
  expect(ResourceId.safeParse(plugin.tools?.fault_break.target?.({ name: "guest-crash" })).data).toBe("lab/guest-crash");
  expect(ResourceId.safeParse(plugin.tools?.fault_heal.target?.({})).data).toBe("lab/all");
});
