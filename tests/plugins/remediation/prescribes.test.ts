// Every runbook that is shipped can be named in a rule: the plugin tells the names of all it may ever prescribe.
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Config } from "../../../plugins/remediation/config.ts";
import plugin from "../../../plugins/remediation/plugin.ts";
import { createMemory } from "../../../plugins/remediation/runbooks/shelf.ts";
import { testContext } from "../../support/context.ts";

const folder = join(import.meta.dir, "../../../memory/runbooks");

test("what may be prescribed is told by name, one for each runbook there is", async () => {
  const here = testContext({ config: Config.parse({ runbooks: folder }), plugin: "remediation", grants: { read: [folder] } });
  const names = await plugin.prescribes?.(here.withClient(createMemory()));
  expect(names?.toSorted()).toEqual(
    readdirSync(folder)
      .filter((file) => file.endsWith(".md"))
      .map((file) => file.slice(0, -3))
      .toSorted(),
  );
});
