// What a read credential lacks, told in one sentence that fits where it is shown, fix and all; a right that only some want is no lack.
import { expect, test } from "bun:test";
import { lackWords } from "../../../../plugins/proxmox/client/lacking.ts";
import { NEEDS } from "../../../../plugins/proxmox/client/needs.ts";
import { type Lack, lacksOf } from "../../../../plugins/proxmox/client/rights.ts";

/** Nothing is held. */
const all = lacksOf({}, NEEDS, 9);
const told = (lacks: readonly Lack[], read = "jarvis@pve!observe") => lackWords({ missing: () => lacks, identity: { read, act: undefined, own: [] } })?.words;

test("each lack is told whole: what, what it costs, the command, and where the whole role is printed", () => {
  for (const lack of all.filter(({ need }) => need.role === "read" && need.extra !== true)) {
    const words = told([lack, ...all.filter((one) => one !== lack && one.need.role === "read")]) ?? "";
    for (const part of [lack.words, lack.need.loses, `--append 1 --privs ${lack.privilege}`, "`./jarvis proxmox setup` prints the whole role."]) expect(words).toContain(part);
  }
});

test("a login is told to give its role the privilege; what only some want, or what acts, is no lack of sight", () => {
  const [first] = all.filter(({ need }) => need.role === "read");
  expect(told(first === undefined ? [] : [first], "olli@pve")).toMatch(/^olli@pve may not see everything: .*\. Give its role that privilege\. `/);
  expect(told(all.filter(({ need }) => need.role === "act" || need.extra === true))).toBeUndefined();
});
