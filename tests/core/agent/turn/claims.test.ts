// What a model says is held against what is so: acts against the record, numbers against readings.
import { describe, expect, test } from "bun:test";
import { checkedClaims, STRUCK } from "../../../../core/agent/turn/claims.ts";
import { sourced, UNSOURCED } from "../../../../core/agent/turn/numbers.ts";
import { createFarm, houseView, tools } from "./farm.ts";
import { calls, says, scripted } from "./scripted.ts";

const restart = tools.find(({ name }) => name === "boats_container_restart");
if (restart === undefined) throw new Error("the farm has no restart");
const deed = (state: "succeeded" | "held" | "refused" | "failed") => ({ tool: restart, answer: { callId: "c1", state, text: "" }, target: "container/dock/nginx" });
const against = (deeds: ReturnType<typeof deed>[] = [], read = "") => ({ view: houseView(), deeds, readings: read === "" ? [] : [{ text: read, source: "journal c9" }] });

describe("a claim that something was done", () => {
  test.each([
    "I restarted nginx.",
    "I have just restarted nginx for you, sir.",
    "I've successfully restarted the container nginx, and nothing else was affected.",
    "Nginx has been restarted.",
    "The container nginx was restarted.",
    "Restarted nginx successfully.",
    "Done.",
    "It is done, sir.",
    "Ich habe nginx neu gestartet.",
    "nginx wurde neu gestartet.",
    "The problem is fixed: I repaired it.",
  ])("%p is struck where nothing on record says so", (said) => {
    for (const deeds of [[], [deed("held")], [deed("refused")], [deed("failed")]]) expect(checkedClaims(said, against(deeds)).text).toBe(STRUCK.false);
  });

  test.each(["I restarted nginx.", "Nginx has been restarted.", "Done.", "Ich habe nginx neu gestartet."])("%p stands where it succeeded", (said) =>
    expect(checkedClaims(said, against([deed("succeeded")])).text).toBe(said),
  );

  test("of another thing, or another act, it is struck though something was done", () => {
    expect(checkedClaims("I restarted postgres.", against([deed("succeeded")])).struck).toBe(1);
    expect(checkedClaims("I stopped nginx.", against([deed("succeeded")])).struck).toBe(1);
    expect(checkedClaims("I restarted nginx and postgres.", against([deed("succeeded")])).struck).toBe(1);
  });

  test.each([
    "I have not restarted nginx.",
    "Nothing was restarted.",
    "It is unclear whether nginx was restarted.",
    "You should restart nginx.",
    "The guest web1 was stopped by root@pam.",
    "Was nginx restarted?",
    "Set the memory to more in its options.",
    "nginx is up and answers.",
    "I can restart nginx once you say so.",
  ])("%p claims nothing, and stays", (said) => expect(checkedClaims(said, against()).text).toBe(said));

  test("what a reading tells of others stays; of itself only the record counts", () => {
    expect(checkedClaims("nginx was stopped at noon.", against([], "die event: stop, noon")).struck).toBe(0);
    expect(checkedClaims("I stopped nginx at noon.", against([], "die event: stop, noon")).struck).toBe(1);
  });

  test.each(["I will restart nginx in an hour.", "I'm restarting nginx now.", "I'll keep an eye on it."])("%p: nothing is done later, so it is struck", (said) =>
    expect(checkedClaims(said, against()).text).toBe(STRUCK.later),
  );

  test("the rest of the answer stays, and the house's own words stand beneath", async () => {
    const farm = createFarm();
    const model = scripted([calls(["boats_container_restart", { container: "postgres" }]), says("Postgres was stuck. I restarted postgres. All is well now.")]);
    const { text, struck } = await farm.ask("nginx is broken, fix it", [model]);
    expect(struck).toBe(1);
    expect(text).toBe(`Postgres was stuck. ${STRUCK.false} All is well now.\nTo restart postgres waits for your word (ask-1); nothing is done yet.`);
  });
});

describe("a number", () => {
  const readings = [
    { text: "web1 (guest/201): running, CPU 93 %, memory 41 %, up for 3 days, 8.2 GiB free", source: "core/resources guest/201", at: "2026-11-22T21:54:00.000Z" },
    { text: '{"memoryBytes": 2147483648, "cpuPercent": 12.6, "when": "2026-11-22T20:11:07Z"}', source: "journal c1" },
  ];
  test.each([
    "CPU is at 93 %.",
    "web1 has been up for 3 days, about 72 hours.",
    "guest/201 has 8.2 GiB free.",
    "Memory is 2 GiB, CPU 12.6 percent, at 20:11.",
    "Roughly 13 % of CPU.",
    "Three guests run.",
    "1. First this.\n2. Then that.",
  ])("%p is led back to its reading", (said) => expect(sourced(said, readings, "")).toMatchObject({ text: said, unsourced: 0 }));

  test.each(["CPU is at 94 %.", "It has 93 guests.", "It was down for 41 minutes.", "Memory is 3 GiB.", "See guest/309.", "It began at 19:47."])(
    "%p has none, and is marked",
    (said) => {
      const { text, unsourced } = sourced(said, readings, "");
      expect(unsourced).toBe(1);
      expect(text).toContain(UNSOURCED);
    },
  );

  test("evidence names sentence, source and time; the person's own numbers need none", () => {
    expect(sourced("CPU is at 93 %. Well.", readings, "").evidence).toEqual([{ claim: "CPU is at 93 %", source: "core/resources guest/201", at: "2026-11-22T21:54:00.000Z" }]);
    expect(sourced("There is no 4711.", readings, "what is 4711?")).toEqual({ text: "There is no 4711.", evidence: [], unsourced: 0 });
  });

  test("an invented one is marked in a whole turn, a read one is evidence", async () => {
    const farm = createFarm({ says: () => "12 guests, 3 down" });
    const { text, evidence } = await farm.ask("why are so many down?", [scripted([calls(["farm_guest_list", {}]), says("3 of 12 are down, and 77 % is spent.")])]);
    expect(text).toBe(`3 of 12 are down, and 77 ${UNSOURCED} % is spent.`);
    expect(evidence).toMatchObject([{ source: "journal c1" }]);
  });
});
