// How paths and parameters are written, and by which few names calls are counted.
import { expect, test } from "bun:test";
import { encoded, nodeOf, path, templateOf, withQuery } from "../../../../plugins/proxmox/client/path.ts";

test("flags are 1 and 0, lists repeat their key, what is undefined is not sent", () => {
  expect(encoded({ force: true, online: false, command: ["/bin/sh", "-c", "uptime & id"], limit: 5, none: undefined, empty: [] })).toBe(
    "force=1&online=0&command=%2Fbin%2Fsh&command=-c&command=uptime+%26+id&limit=5",
  );
  expect(withQuery("/x", { a: undefined })).toBe("/x");
});

test("a name can never become another path", () => expect(path`/nodes/${"../access"}/qemu/${101}`).toBe("/nodes/..%2Faccess/qemu/101"));

test("many calls have one name", () => {
  const upid = encodeURIComponent("UPID:pve:00004686:0005B477:6A4A8EEF:qmstart:101:root@pam:");
  expect(
    [
      "/cluster/resources",
      "/nodes/pve/qemu/101/config?current=1",
      "/nodes/Home/lxc/105/status/current",
      `/nodes/pve/tasks/${upid}/log?limit=5`,
      "/nodes/pve/storage/nas/content/nas%3Abackup%2Fx",
      "/nodes/pve/qemu/101/snapshot/before/rollback",
      "/access/permissions",
    ].map(templateOf),
  ).toEqual([
    "/cluster/resources",
    "/nodes/{node}/qemu/{vmid}/config",
    "/nodes/{node}/lxc/{vmid}/status/current",
    "/nodes/{node}/tasks/{upid}/log",
    "/nodes/{node}/storage/{storage}/content/{volume}",
    "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
    "/access/permissions",
  ]);
  expect(nodeOf("/nodes/p%20v/status")).toBe("p v");
});
