// Every bundled persona says the same: taken apart into its own lines and the rest, each answer's rest is equal to the letter, and so are the calls and the evidence. Nobody jokes while something critical is open.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPersona, readPersona } from "../../../core/agent/persona.ts";
import { line, type View } from "../../../core/agent/reflex/answers.ts";
import { type Hands, reply } from "../../../core/agent/reflex/reply.ts";
import type { Incident } from "../../../core/contract/incident.ts";
import { inGravity, Persona, PersonaLines } from "../../../core/contract/persona.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { registered, view } from "./utterances/house.ts";

const FOLDER = join(import.meta.dir, "../../../personas");
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".md") && file !== "README.md");
const personas = files.map((file): [string, Persona] => [file, readPersona(readFileSync(join(FOLDER, file), "utf8"), file)]);
const tools = await registered();

/** Says the name of each line instead of it. */
const KEYS = Object.keys(PersonaLines.shape);
const marked = Persona.parse({ name: "T", lines: Object.fromEntries(KEYS.map((key) => [key, key === "trouble" ? "⟨trouble:{count}⟩" : `⟨${key}⟩`])) });
const isKey = (key: string): key is keyof Persona["lines"] => KEYS.includes(key);

const spoken = (text: string, persona: Persona): string =>
  text.replaceAll(/⟨(\w+)(?::([^⟩]*))?⟩/g, (whole, key: string, count = "") => (isKey(key) ? line(persona, key, { count, name: persona.name }) : whole));

const incident = (severity: Incident["severity"]): Incident => ({
  id: "i1",
  resource: "guest/101",
  name: "nextcloud",
  alert: "guest/101 down",
  title: "nextcloud is down",
  severity,
  status: "open",
  cause: { kind: "crash", words: "its process ended by itself", evidence: [], verdict: "fault" },
  openedAt: "2026-11-22T21:50:00.000Z",
  callIds: [],
});

const SENTENCES = [
  "hello",
  "is all well?",
  "what is wrong?",
  "status of nextcloud",
  "why is win-lab down",
  "restart nextcloud",
  "stop jellyfin",
  "restart vaultwarden",
  "restart nosuchthing",
  "what happened today",
  "what did you do today",
  "who are you",
  "help",
  "thanks",
  "bye",
  "sing me a song",
  "what is down",
  "how full is tank",
  "don't restart nextcloud",
  "starte web2",
];
const STATES = ["succeeded", "refused", "held", "failed", "running"] as const;

const asked = async (persona: Persona, said: string, state: (typeof STATES)[number], incidents: Incident[]): Promise<unknown> => {
  const calls: unknown[] = [];
  const seen: View = { ...view, persona, incidents };
  const hands: Hands = {
    tools: () => tools,
    call: async (tool, input) => {
      calls.push([tool.name, input]);
      return { callId: "c1", state, text: "guest/101 took 7 s." };
    },
  };
  return { ...(await reply(seen, hands, said, undefined)), made: calls };
};

describe.each(personas)("%s", (_, persona) => {
  test("says the same facts and numbers and makes the same calls as every other", async () => {
    for (const said of SENTENCES)
      for (const state of STATES) {
        const plain = await asked(marked, said, state, [incident("warning")]);
        const own = await asked(persona, said, state, [incident("warning")]);
        const text = typeof plain === "object" && plain !== null && "text" in plain ? spoken(String(plain.text), persona) : "";
        expect({ said, ...Object(own) }).toEqual({ said, ...Object(plain), text });
      }
  });

  test("narrows no tools, brings its own prose and says what it is", () => {
    expect([persona.tools, persona.about.length > 0, (persona.prose ?? "").length > 0]).toEqual([undefined, true, true]);
  });

  test("does not joke while something critical is open: its plain lines, its plain tone, the same address", () => {
    const grave = inGravity(persona);
    expect(grave).toMatchObject({ name: persona.name, address: persona.address, lines: persona.grave });
    expect(grave.tone).toContain("no jokes");
    expect(JSON.stringify(grave.lines)).not.toMatch(/sea|deck|aye|hands|door|lock|key|wind|steady/i);
  });
});

describe("which one answers", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "personas-"));
    cpSync(FOLDER, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const made = (isGrave = () => false) => {
    let kept: string | undefined;
    const chosen = {
      get: () => kept,
      set: (name: string) => {
        kept = name;
      },
    };
    const options = { folder, chosen, isGrave, clock: createClock(), log: () => undefined };
    return { options, persona: createPersona(options) };
  };

  test("another is taken at once, and after a restart; the files are listed with the one in force", () => {
    const { options, persona } = made();
    expect(persona.read().name).toBe("JARVIS");
    persona.use("bosun");
    expect(persona.read().name).toBe("Bosun");
    expect(createPersona({ ...options, name: "plain" }).read().name).toBe("Bosun");
    expect(persona.list().map(({ name, isInForce }) => [name, isInForce])).toEqual([
      ["bosun", true],
      ["jarvis", false],
      ["mentor", false],
      ["plain", false],
      ["warden", false],
    ]);
  });

  test("one that is not there, or cannot be used, changes nothing", () => {
    const { persona } = made();
    expect(() => persona.use("bosum")).toThrow("There is no persona bosum. Did you mean bosun?");
    expect(() => persona.use("../jarvis")).toThrow("There is no persona ../jarvis.");
    writeFileSync(join(folder, "odd.md"), "---\nname: Odd\nlines:\n  well: All 12 are well.\n---\n");
    expect(() => persona.use("odd")).toThrow("odd.md:4:3: lines.well: a line holds no figures");
    expect(persona.read().name).toBe("JARVIS");
  });

  test("a line of trouble that hides how much there is is refused", () => {
    expect(() => readPersona("---\nname: A\nlines:\n  trouble: Never mind.\n---\n", "a.md")).toThrow("a.md:4:3: lines.trouble: the line of trouble says how much of it there is");
  });

  test("gravity follows what is open, answer by answer", () => {
    let isGrave = false;
    const { persona } = made(() => isGrave);
    persona.use("bosun");
    expect(persona.read().lines.well).toContain("Steady");
    isGrave = true;
    expect(persona.read().lines.well).not.toContain("Steady");
    isGrave = false;
    expect(persona.read().lines.well).toContain("Steady");
  });
});

describe("/persona in the chat", () => {
  const personas = {
    list: () => [
      { name: "jarvis", title: "JARVIS", about: "Dry.", isInForce: true },
      { name: "plain", title: "Plain", about: "Facts.", isInForce: false },
    ],
    use: (name: string) => name,
  };
  const say = async (said: string) => {
    const house = { hold: () => undefined, release: () => undefined, isHeld: () => false, asks: () => [], decide: async () => ({ state: "refused" }), personas };
    return (await reply(view, { tools: () => tools, call: async () => ({ callId: "c", state: "succeeded", text: "" }), house }, said, undefined)).text;
  };

  test("alone lists them, with a name changes over", async () => {
    expect(await say("/persona")).toBe('- jarvis: Dry. (in force)\n- plain: Facts.\nSay "/persona NAME" to hear another.');
    expect(await say("/persona Plain")).toBe("plain speaks from here on. The voice alone has changed.");
  });
});
