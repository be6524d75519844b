// The section `proxmox` of jarvis.yaml: how large a cluster may be named in it.
import { expect, test } from "bun:test";
import { Config } from "../../../plugins/proxmox/config.ts";

const ofNodes = (count: number) => ({
  endpoints: Array.from({ length: count }, (_, index) => `https://10.0.0.${index + 1}:8006`),
  fingerprints: Array.from({ length: count }, (_, index) => Array.from({ length: 32 }, () => index.toString(16).padStart(2, "0").toUpperCase()).join(":")),
  token: "jarvis@pve!read=0e1d2c3b-0000-4000-8000-000000000000",
});

test("every node of a cluster of a hundred can be named, each with its certificate", () => {
  const read = Config.safeParse(ofNodes(100));
  expect(read.error?.issues ?? []).toEqual([]);
});

test("more addresses than any cluster has are refused", () => {
  expect(Config.safeParse(ofNodes(200)).success).toBe(false);
});
