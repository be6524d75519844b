// termproxy's language from our side: the OK however it is cut, input counted in bytes, and which shell is meant with the words where there is none.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readMessage } from "../../../../plugins/lab/api/console/session.ts";
import { shellOf } from "../../../../plugins/proxmox/console/attach.ts";
import { serialOf } from "../../../../plugins/proxmox/console/serial.ts";
import { createGreeting, input, STILL_THERE, size, ticketLine } from "../../../../plugins/proxmox/console/words.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

test("the OK and what follows come out the same however they are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 80 }), (rest, cuts) => {
      const whole = Buffer.concat([text("OK"), rest]);
      const greeting = createGreeting();
      let at = 0;
      for (const cut of [...cuts, whole.length]) {
        const first = greeting(whole.subarray(at, at + cut));
        at += cut;
        if (first === undefined) continue;
        expect(Buffer.concat([first, whole.subarray(at)])).toEqual(Buffer.from(rest));
        return;
      }
      expect.unreachable();
    }),
    { numRuns: 300 },
  );
});

test("anything else than OK is refused at its first wrong byte, and shown without what could act on a screen", () => {
  for (const wrong of ["no", "O!", "\u001b[2J", "X"]) expect(() => createGreeting()(text(wrong))).toThrow("something else than OK");
  expect(createGreeting()(text("O"))).toBeUndefined();
  expect(() => createGreeting()(text("\u001b[2Jgone"))).toThrow('"\\u001b[2Jgone"');
});

test("input is counted in bytes, and Proxmox reads back what was typed, size and signs of life between", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.constant(undefined)), { maxLength: 10 }), (typed) => {
      let wire = Buffer.concat(typed.map((one) => (one === undefined ? Buffer.concat([STILL_THERE, size(132, 50)]) : input(text(one)))));
      let got = "";
      while (wire.length > 0) {
        const message = readMessage(wire);
        if (message === undefined) throw new Error("not whole");
        got += message.input?.toString("utf8") ?? "";
        wire = Buffer.from(message.rest);
      }
      expect(got).toBe(typed.map((one) => one ?? "").join(""));
    }),
    { numRuns: 200 },
  );
  expect(new TextDecoder().decode(ticketLine("jarvis@pve!operate", "PVEVNC:1::x"))).toBe("jarvis@pve!operate:PVEVNC:1::x\n");
});

describe("which shell", () => {
  const about = (resource: string, facts: Record<string, string>, name?: string) => ({ resource, preflight: { target: resource, facts, ...(name === undefined ? {} : { name }) } });

  test("a container's, a VM's serial line, a node's", () => {
    expect(shellOf(about("guest/102", { node: "pve", sort: "lxc", status: "running" }, "postgres"))).toMatchObject({ base: "/nodes/pve/lxc/102", form: {} });
    expect(shellOf(about("guest/101", { node: "pve", sort: "qemu", status: "running", serial: "serial1" }))).toMatchObject({
      base: "/nodes/pve/qemu/101",
      form: { serial: "serial1" },
    });
    expect(shellOf(about("node/home", { node: "Home", sort: "node", status: "running" }, "Home"))).toMatchObject({ base: "/nodes/Home", words: "Login of node Home" });
  });

  test("none where there is none, with what to do", () => {
    expect(() => shellOf(about("guest/101", { node: "pve", sort: "qemu", status: "running" }, "nextcloud"))).toThrow("`qm set 101 --serial0 socket`");
    expect(() => shellOf(about("guest/101", { node: "pve", sort: "qemu", status: "running", waiting: "serial0" }, "nextcloud"))).toThrow("nextcloud has serial0 set, but");
    expect(() => shellOf(about("guest/102", { node: "pve", sort: "lxc", status: "stopped" }, "postgres"))).toThrow("postgres is stopped: start it first");
    expect(() => shellOf(about("node/pve", { node: "pve", sort: "node", status: "offline" }, "pve"))).toThrow("pve is off or out of reach");
  });

  test("a serial line that is a device of the node is not the VM's console", () => {
    expect([serialOf({ serial0: "/dev/ttyUSB0" }), serialOf({ serial2: "socket", serial1: "socket" }), serialOf({ serial10: "socket" })]).toEqual([
      undefined,
      "serial1",
      undefined,
    ]);
  });
});
