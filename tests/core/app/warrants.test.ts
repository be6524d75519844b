// What an incident lets be done is read from its record and from the house as it is now: over, superseded, and what stands on what.
import { expect, test } from "bun:test";
import { createWarrants } from "../../../core/app/warrants.ts";
import type { Call } from "../../../core/contract/call.ts";
import type { IncidentDetail } from "../../../core/contract/incident.ts";
import type { Alert, LiveResource } from "../../../core/contract/resource.ts";

const resource = (id: string, parent?: string): LiveResource => ({
  id,
  kind: "guest",
  name: id,
  status: "up",
  stale: false,
  at: "2026-01-01T00:00:00Z",
  plugin: "farm",
  ...(parent === undefined ? {} : { parent }),
});
const HOUSE = [resource("node/pve"), resource("guest/1", "node/pve"), resource("guest/2", "node/pve"), resource("container/1/web", "guest/1")];
const alert = (more: Partial<Alert> & { id?: string } = {}): Alert & { id: string } => ({
  id: "farm/barn#ill#guest/1",
  key: "ill",
  resource: "guest/1",
  severity: "warning",
  title: "one is ill.",
  ...more,
});
const DARK = alert({ id: "farm/barn#dark#node/pve", key: "dark", resource: "node/pve", title: "pve is dark.", explains: true });
const SENT: Call = {
  callId: "c1",
  tool: "farm_warm",
  arguments: {},
  target: "node/pve",
  identity: null,
  effect: "reversible",
  caller: { kind: "remedy", id: "farm/cure", scope: "operate", tainted: false },
  decision: "allow",
  rule: "allowed",
  state: "failed",
  createdAt: "2026-01-01T00:00:00Z",
};
const PRESCRIBED = { by: "farm/cure", tools: ["farm_warm"], targets: ["guest/1", "container/1/web", "guest/2"] };

const read = (incident: Partial<IncidentDetail> | undefined, open: readonly (Alert & { id: string })[] = [alert()], isRootGivenUp = false) => {
  const whole: IncidentDetail = {
    id: "INC-0001",
    resource: "guest/1",
    name: "one",
    title: "one is ill.",
    severity: "warning",
    status: "open",
    cause: { kind: "cold", words: "It is cold.", evidence: [], verdict: "fault" },
    openedAt: "2026-01-01T00:00:00Z",
    callIds: [],
    alert: "farm/barn#ill#guest/1",
    timeline: [],
    scene: {},
    prescribed: PRESCRIBED,
    ...incident,
  };
  return createWarrants({
    records: () => ({
      get: (id) => (incident !== undefined && id === "INC-0001" ? whole : undefined),
      openOnes: () => [whole, ...(isRootGivenUp ? [{ ...whole, id: "INC-0002", resource: DARK.resource, alert: DARK.id, status: "escalated" as const, callIds: ["c1"] }] : [])],
    }),
    alerts: () => open,
    resources: { list: () => HOUSE, get: (id) => HOUSE.find((one) => one.id === id) },
    callOf: () => SENT,
  })("INC-0001");
};

test("what was prescribed holds on the root and on what stands on it, and on nothing beside it, whatever the prescription says", () => {
  expect(read({})).toEqual({ root: "guest/1", by: "farm/cure", tools: ["farm_warm"], targets: ["guest/1", "container/1/web"] });
  expect(read({ victims: ["guest/2"] })).toMatchObject({ targets: PRESCRIBED.targets });
  expect(read({ prescribed: undefined })).toEqual({ root: "guest/1", by: undefined, tools: [], targets: [] });
});

test("an incident that is not there, is over, or is part of another fault lets nothing be done", () => {
  expect(read(undefined)).toEqual({ over: "There is no incident INC-0001." });
  expect(read({ status: "resolved" })).toEqual({ over: "INC-0001 is over." });
  expect(read({}, [alert(), DARK])).toEqual({ over: "INC-0001 is part of another fault by now: pve is dark." });
});

test("what stands on a root that was tried for in vain is an incident of its own again", () => {
  expect(read({}, [alert(), DARK], true)).toMatchObject({ root: "guest/1", tools: ["farm_warm"] });
});

test("a root whose own alert is gone for a moment stays one, until what it stands on fails", () => {
  expect(read({}, [])).toMatchObject({ root: "guest/1" });
  expect(read({}, [alert({ id: "farm/barn#down#guest/1", key: "down", explains: true })])).toMatchObject({ root: "guest/1" });
  expect(read({}, [DARK])).toHaveProperty("over");
});
