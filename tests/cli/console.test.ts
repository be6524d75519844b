// A console at the command line, on a real pseudo-terminal: keys pass as they are, the size follows, it can be left, and the terminal is as it was afterwards.
import { afterEach, describe, expect, test } from "bun:test";
import { createLeaving } from "../../core/cli/console/leave.ts";
import { createLine } from "../../core/cli/console/line.ts";
import { METHODS } from "../../core/contract/wire.ts";
import { atTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";
import { createFixture, type Fixture, Refusal } from "./fixture.ts";

const AT = "2026-01-02T03:04:05.000Z";
const one = (id: string, name: string, more: object = {}) => ({ id, kind: id.split("/")[0], name, status: "up", stale: false, at: AT, plugin: "farm", ...more });
const HOUSE = [one("guest/101", "web1", { vmid: 101 }), one("guest/102", "web2", { vmid: 102 }), one("guest/900", "mould", { template: true }), one("storage/nas", "nas")];
const OFFERED = [{ tool: "farm_console_open", title: "Open", about: "", kinds: ["guest", "node"] }];
const opening = { callId: "k1", state: "succeeded", text: "Console of CT 102 (web2) on pve.", console: "con1" };

let open: Fixture | undefined;
const kill: (() => void)[] = [];
afterEach(async () => {
  for (const end of kill.splice(0)) end();
  await open?.stop();
});
const fixture = (handlers: Parameters<typeof createFixture>[0] = {}): Fixture => {
  const usual = {
    "state.get": () => ({ resources: HOUSE }),
    "consoles.list": () => ({ consoles: OFFERED }),
    "console.open": () => opening,
    "console.write": () => ({}),
    "console.close": () => ({ closed: true }),
  };
  open = createFixture({ ...usual, ...handlers });
  return open;
};

const atConsole = (jarvis: Fixture, name: string, size?: { cols: number; rows: number }) => {
  const at = atTerminal(jarvis.data, `console ${name}`, size);
  kill.push(at.stop);
  return at;
};
const written = (jarvis: Fixture) => jarvis.seen.filter(({ method }) => method === "console.write").map(({ params }) => METHODS["console.write"].params.parse(params));
const typed = (jarvis: Fixture): string =>
  written(jarvis)
    .map(({ text = "" }) => text)
    .join("");
const shows = (jarvis: Fixture, text: string | Uint8Array): void => jarvis.notify("console.data", { console: "con1", data: Buffer.from(text).toString("base64") });

describe("a console", () => {
  test("opens over the control socket at the terminal's size, passes every key and all that is shown, and says how much was drawn", async () => {
    const jarvis = fixture();
    const at = atConsole(jarvis, "web2");
    await at.sees("Ctrl-] leaves it");
    expect(jarvis.seen.find(({ method }) => method === "console.open")).toEqual({
      by: "socket",
      method: "console.open",
      params: { tool: "farm_console_open", resource: "guest/102", columns: 100, rows: 40 },
    });
    const prompt = "root@web2:~# ü\x1b[31m!";
    shows(jarvis, prompt);
    await at.sees(prompt);
    shows(jarvis, "a\nb");
    await at.sees("!a\nb");
    at.terminal.write("ls\r\x03\x1a\x1b[A~/x~.é");
    await until(() => typed(jarvis) === "ls\r\x03\x1a\x1b[A~/x~.é", { what: "the keys" });
    await until(() => written(jarvis).some(({ tookBytes }) => tookBytes === Buffer.byteLength(prompt)), { what: "how much was drawn" });
    at.terminal.resize(132, 50);
    await until(() => written(jarvis).some(({ size }) => size?.columns === 132 && size.rows === 50), { what: "the new size" });
    at.terminal.write("\x1d");
    const { code, restored, shown } = await at.ends();
    expect({ code, restored }).toEqual({ code: "0", restored: true });
    expect(shown).toContain("The console of web2 is closed.");
    expect(jarvis.seen.at(-1)).toMatchObject({ method: "console.close", params: { console: "con1" } });
    expect(typed(jarvis)).not.toContain("\x1d");
  }, 30_000);

  test("is left with ~. at the beginning of a line, and on a full screen the own one comes back", async () => {
    const jarvis = fixture();
    const at = atConsole(jarvis, "102");
    await at.sees("Ctrl-] leaves it");
    shows(jarvis, "\x1b[?10");
    shows(jarvis, "49hvim");
    await at.sees("vim");
    at.terminal.write(":q\r~");
    at.terminal.write(".");
    const { code, restored, shown } = await at.ends();
    expect({ code, restored }).toEqual({ code: "0", restored: true });
    expect(shown).toContain("\x1b[?1049l\x1b[?25h");
    expect(typed(jarvis)).toBe(":q\r");
  }, 30_000);

  test.each<[string, (jarvis: Fixture) => void, string, string]>([
    ["the shell has ended", (jarvis) => jarvis.notify("console.closed", { console: "con1", why: "The shell has ended." }), "0", "is closed: The shell has ended."],
    ["everything is held", (jarvis) => jarvis.notify("console.closed", { console: "con1", why: "The kill switch was engaged (all)." }), "1", "The kill switch was engaged (all)."],
    ["Jarvis restarts", (jarvis) => jarvis.closeSockets(4503, "restarting"), "69", "4503: restarting"],
  ])(
    "ends when %s, and gives the terminal back",
    async (_, act, wanted, words) => {
      const jarvis = fixture();
      const at = atConsole(jarvis, "web2");
      await at.sees("Ctrl-] leaves it");
      shows(jarvis, "$ ");
      await at.sees("$ ");
      act(jarvis);
      const { code, restored, shown } = await at.ends();
      expect({ code, restored }).toEqual({ code: wanted, restored: true });
      expect(shown).toContain(words);
    },
    30_000,
  );

  test("gives the terminal back when it is told to end", async () => {
    const jarvis = fixture();
    const at = atConsole(jarvis, "web2");
    await at.sees("Ctrl-] leaves it");
    shows(jarvis, "$ ");
    await at.sees("$ ");
    process.kill(at.pid(), "SIGTERM");
    const { code, restored } = await at.ends();
    expect({ code, restored }).toEqual({ code: "0", restored: true });
  }, 30_000);
});

describe("no console", () => {
  const refusing = {
    "console.open": () => {
      throw new Refusal(-32029, "rate", "12 consoles are open already; close one.");
    },
  };
  test.each<[string, string, Parameters<typeof createFixture>[0], string, string]>([
    ["a name that fits several", "web", {}, "64", "which one do you mean: web1 (guest/101) or web2 (guest/102)?"],
    ["a name that fits none", "zebra", {}, "64", 'I know no guest or node called "zebra"'],
    ["a template", "mould", {}, "64", "mould (guest/900) has no console"],
    ["what has none", "nas", {}, "64", "nas (storage/nas) has no console: there are consoles of guests and nodes only"],
    ["no name", "", {}, "64", "usage: ./jarvis console NAME"],
    ["no plugin that opens any", "web1", { "consoles.list": () => ({ consoles: [] }) }, "64", "no plugin of this Jarvis opens consoles"],
    [
      "one that is refused",
      "web1",
      { "console.open": () => ({ callId: "k", state: "refused", text: "Jarvis itself runs there.", rule: "self" }) },
      "2",
      "Jarvis itself runs there.",
    ],
    ["one that fails", "web1", { "console.open": () => ({ callId: "k", state: "failed", text: "web1 is stopped: start it first." }) }, "1", "web1 is stopped: start it first."],
    ["too many", "web1", refusing, "1", "12 consoles are open already"],
  ])(
    "%s",
    async (_, name, handlers, wanted, words) => {
      const { code, shown, restored } = await atConsole(fixture(handlers), name, { cols: 250, rows: 40 }).ends();
      expect({ code, restored }).toEqual({ code: wanted, restored: true });
      expect(shown).toContain(words);
    },
    20_000,
  );

  test("without a terminal: exit 64 with words, and nothing is asked", async () => {
    const jarvis = fixture();
    const ran = await jarvis.run(["console", "web1"]);
    expect([ran.code, ran.out]).toEqual([64, ""]);
    expect(ran.err).toContain("a console needs a terminal");
    expect(jarvis.seen).toEqual([]);
  });
});

describe("the ways out", () => {
  test("are found however the keys are cut, and what only looks like one is typed", () => {
    const of = (...keys: string[]) => {
      const take = createLeaving();
      return keys.map((key) => take(key)).map(({ text, leaves }) => `${text}${leaves ? "|" : ""}`);
    };
    expect(of("ab\x1dcd")).toEqual(["ab|"]);
    expect(of("~", ".")).toEqual(["", "|"]);
    expect(of("x\r", "~.")).toEqual(["x\r", "|"]);
    expect(of("x~.")).toEqual(["x~."]);
    expect(of("~~.")).toEqual(["~."]);
    expect(of("~", "x", "\r~y")).toEqual(["", "~x", "\r~y"]);
  });

  test("what is typed goes in order and in pieces that fit, one at a time", async () => {
    const sent: string[] = [];
    let going = 0;
    const line = createLine(
      async ({ text = "" }) => {
        going += 1;
        expect(going).toBe(1);
        await Promise.resolve();
        sent.push(text);
        going -= 1;
      },
      () => undefined,
    );
    const all = `${"x".repeat(16_383)}😀${"y".repeat(20_000)}`;
    line.type(all.slice(0, 10_000));
    line.type(all.slice(10_000));
    await until(() => sent.join("") === all, { what: "all of it" });
    expect(Math.max(...sent.map((piece) => piece.length))).toBeLessThanOrEqual(16_384);
    for (const piece of sent) expect(piece).not.toMatch(/[\ud800-\udbff]$/);
  });
});
