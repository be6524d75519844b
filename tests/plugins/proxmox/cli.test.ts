// The set-up words as a person reads them: also through `head`, which leaves in the middle.
import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLI = join(import.meta.dir, "../../../plugins/proxmox/cli.ts");

test("a reader that leaves early is no fault to be told", async () => {
  const child = Bun.spawn(["sh", "-c", '"$0" "$1" setup notaurl | head -1', process.execPath, CLI], {
    env: { PATH: process.env.PATH ?? "", JARVIS_DATA: join(tmpdir(), "jarvis-nobody") },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  expect([out.split("\n").length, err]).toEqual([2, ""]);
}, 20_000);
