// One line down, one line up, however many channels a source feeds.
import { expect, test } from "bun:test";
import { createOutages } from "../../../core/state/outages.ts";
import { createManualClock } from "../../support/clock.ts";

const build = () => {
  const clock = createManualClock();
  const lines: string[] = [];
  const outages = createOutages(clock, (level, message) => void lines.push(`${level} ${message}`));
  const tell = (channel: string, ok: boolean): void => outages.tell({ channel, plugin: channel.split("/")[0] ?? "", ok, words: ok ? "fresh" : "no answer" });
  return { clock, lines, tell, forget: outages.forget };
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
