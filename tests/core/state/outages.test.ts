// One line and one notice down, one of each up, however many channels a source feeds.
import { expect, test } from "bun:test";
import { createOutages } from "../../../core/state/outages.ts";
import { createManualClock } from "../../support/clock.ts";

const build = () => {
  const clock = createManualClock();
  const lines: string[] = [];
  const notices: string[] = [];
  const outages = createOutages(
    clock,
    (level, message) => void lines.push(`${level} ${message}`),
    (words) => void notices.push(words),
  );
  const tell = (channel: string, ok: boolean): void => outages.tell({ channel, plugin: channel.split("/")[0] ?? "", ok, words: ok ? "fresh" : "no answer" });
  return { clock, lines, notices, tell, forget: outages.forget };
};

test("channels that fail together are one line down and one up when the last is back", () => {
  const { lines, tell } = build();
  for (const ok of [true, false, false]) for (const channel of ["p/a", "p/b", "p/c"]) tell(channel, ok);
  expect(lines).toEqual(["warn p/a cannot be read: no answer"]);
  tell("p/a", true);
  tell("p/c", true);
  expect(lines).toHaveLength(1);
  tell("p/b", true);
  expect(lines.slice(1)).toEqual(["info p answers again"]);
});

test("what is back is named as long as a person reads the names, and counted beyond that", () => {
  const back = (names: readonly string[]): string => {
    const { notices, tell, clock } = build();
    for (const ok of [true, false]) for (const name of names) tell(name, ok);
    clock.jump(60_000);
    for (const name of names) tell(name, false);
    for (const name of names) tell(name, true);
    return notices.at(-1) ?? "";
  };
  expect(back(["p/b", "p/a"])).toStartWith("I see p again (p/a, p/b), after ");
  expect(back(["p/a", "p/b", "p/c", "p/d"])).toStartWith("I see p again (all 4 parts I had lost), after ");
});

test("another plugin's failure is its own, and so is one that comes a minute later", () => {
  const { clock, lines, tell } = build();
  tell("p/a", false);
  tell("q/a", false);
  clock.jump(60_000);
  tell("p/b", false);
  expect(lines).toEqual(["warn p/a cannot be read: no answer", "warn q/a cannot be read: no answer", "warn p/b cannot be read: no answer"]);
  tell("p/b", true);
  expect(lines.slice(3)).toEqual(["info p answers again"]);
});

test("a channel that was taken down holds no line back", () => {
  const { lines, tell, forget } = build();
  tell("p/a", false);
  tell("p/b", false);
  forget("p/a");
  tell("p/b", true);
  expect(lines.slice(1)).toEqual(["info p answers again"]);
});

test("a person is told once what is out of sight, since when, why and what is left undone, and once that it is back", () => {
  const { clock, notices, tell } = build();
  for (const channel of ["p/a", "p/b"]) tell(channel, true);
  for (let tick = 0; tick < 30; tick += 1) {
    for (const channel of ["p/a", "p/b"]) tell(channel, false);
    clock.jump(10_000);
  }
  expect(notices).toHaveLength(1);
  for (const part of ["p/a", "00:00:00 UTC", "no answer", "begin no repair"]) expect(notices[0]).toContain(part);
  for (let tick = 0; tick < 3; tick += 1) for (const channel of ["p/a", "p/b"]) tell(channel, true);
  expect(notices).toHaveLength(2);
  for (const part of ["p/a, p/b", "5 minutes", "again"]) expect(notices[1]).toContain(part);
});

test("a source that comes and goes does not fill the feed, yet staying away is told", () => {
  const { clock, notices, lines, tell } = build();
  for (let turn = 0; turn < 20; turn += 1) {
    tell("p/a", false);
    clock.jump(10_000);
    tell("p/a", true);
    clock.jump(10_000);
  }
  expect([notices.length, lines.length]).toEqual([6, 40]);
  tell("p/a", false);
  clock.jump(60_000);
  tell("p/a", false);
  tell("p/a", false);
  expect(notices).toHaveLength(7);
  tell("p/a", true);
  expect(notices).toHaveLength(8);
});

test("what is to be known of a source that is read well is told once when it begins and once when it is over", () => {
  const { clock, notices } = build();
  const outages = createOutages(
    clock,
    () => undefined,
    (words) => void notices.push(words),
  );
  const read = (remark: { words: string; over: string } | null): void => outages.tell({ channel: "p/a", plugin: "p", ok: true, words: "fresh", remark });
  for (const words of ["slow", "slow", "very slow"]) read({ words, over: "well again" });
  outages.tell({ channel: "p/b", plugin: "p", ok: true, words: "fresh" });
  for (let round = 0; round < 3; round += 1) read(null);
  expect(notices).toEqual(["slow", "well again"]);
});
