// The API's strain: told by the slowest twentieth and by what is lost, not by one slow call or a node that is gone; it goes back by itself, step by step.
import { expect, test } from "bun:test";
import { z } from "zod";
import { eased, remark } from "../../../../plugins/proxmox/client/easing.ts";
import { createLane } from "../../../../plugins/proxmox/client/lane.ts";
import { createLedger } from "../../../../plugins/proxmox/client/ledger.ts";
import { createStrain } from "../../../../plugins/proxmox/client/strain.ts";
import { fakeApi } from "../fake-api.ts";

const SECOND = 1000;
type Call = { path?: string; answer?: number; tookMs?: number; late?: boolean };

const rig = () => {
  const strain = createStrain();
  let now = 0;
  /** One call every three seconds. */
  const calls = (count: number, { path = "/cluster/resources", answer = 200, tookMs = 30, late = false }: Call = {}): string => {
    for (let call = 0; call < count; call += 1) {
      now += 3 * SECOND;
      strain.note({ method: "GET", path, answer, at: now, tookMs, late });
    }
    return strain.view(now).level;
  };
  return { calls, level: () => strain.view(now).level, wait: (ms: number) => (now += ms) };
};

test("a healthy API is calm, also with one slow answer in fifty, and before anything is known", () => {
  const { calls } = rig();
  expect(calls(2, { tookMs: 9000 })).toBe("calm");
  expect(calls(48)).toBe("calm");
});

test("when more than a twentieth of the answers takes long the API is slow; when half of them do it is worn", () => {
  const { calls } = rig();
  calls(30);
  expect(calls(3, { tookMs: 2500 })).toBe("slow");
  expect(calls(40, { tookMs: 2500 })).toBe("worn");
});

test("time-outs and 595, 596 count; a node that refuses at once, a denied call and what is dear anyway do not", () => {
  const lost = rig();
  lost.calls(20);
  expect(lost.calls(3, { answer: 596, tookMs: 20 })).toBe("slow");
  const late = rig();
  late.calls(10);
  expect(late.calls(12, { answer: 0, late: true, tookMs: 10_000 })).toBe("worn");
  const others = rig();
  others.calls(20);
  expect(others.calls(20, { answer: 0, tookMs: 1 })).toBe("calm");
  expect(others.calls(20, { answer: 401, tookMs: 3000 })).toBe("calm");
  expect(others.calls(20, { path: "/nodes/pve/storage/nas/content", tookMs: 9000 })).toBe("calm");
});

test("it returns by itself, one step a minute of better answers, and a relapse begins anew", () => {
  const { calls } = rig();
  calls(40, { tookMs: 2500 });
  // A minute until most are good again, then a minute for each step.
  expect(calls(21)).toBe("worn");
  expect(calls(22)).toBe("slow");
  expect(calls(30)).toBe("calm");
  expect(calls(40, { tookMs: 2500 })).toBe("worn");
});

test("an API that is asked nothing any more is calm again after a while", () => {
  const { calls, level, wait } = rig();
  calls(40, { tookMs: 2500 });
  for (let step = 0; step < 6; step += 1) {
    wait(61 * SECOND);
    level();
  }
  expect(level()).toBe("calm");
});

test("fewer calls are spent while it lasts: the slow lane first, and the budget tells it", () => {
  const ledger = createLedger();
  const lane = createLane((now) => ledger.strain(now).level);
  const minute = (from: number): number => {
    let granted = 0;
    for (let second = 0; second < 60; second += 5)
      granted += lane.take(from + second * SECOND, 2) + lane.take(from + second * SECOND, 1, "idle") + lane.take(from + second * SECOND, 1, "past");
    return granted;
  };
  const fill = (from: number, tookMs: number): void => {
    for (let call = 0; call < 40; call += 1) ledger.note({ method: "GET", path: "/cluster/status", cause: "reading", answer: 200, at: from + call * 3 * SECOND, tookMs });
  };
  fill(0, 20);
  expect([minute(120 * SECOND), ledger.budget()]).toEqual([5, 30]);
  fill(240 * SECOND, 2500);
  expect([minute(360 * SECOND), ledger.budget()]).toEqual([1, 14]);
  for (let at = 480; at < 1200; at += 120) fill(at * SECOND, 20);
  expect([minute(1200 * SECOND), ledger.budget()]).toEqual([5, 30]);
});

test("a person hears of it when it has lasted a minute, and the rounds of what nobody watches are longer only when it is bad", () => {
  const { client } = fakeApi(() => ({}));
  const { ledger } = client;
  const at = (from: number, tookMs: number, count: number): void => {
    for (let call = 0; call < count; call += 1) ledger.note({ method: "GET", path: "/cluster/status", cause: "reading", answer: 200, at: from + call * 3 * SECOND, tookMs });
  };
  const paced = eased({ every: "60s", state: z.unknown(), read: () => undefined });
  at(0, 20, 40);
  expect([remark(client), paced.pace?.(client)]).toEqual([undefined, 1]);
  at(120 * SECOND, 2500, 10);
  expect([remark(client), paced.pace?.(client)]).toEqual([undefined, 1]);
  at(150 * SECOND, 2500, 35);
  expect(remark(client)?.words).toContain("answers badly");
  expect(paced.pace?.(client)).toBe(3);
});
