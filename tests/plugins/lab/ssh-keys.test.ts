// The lab's SSH keys can always be read, and are the same after the next start.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { keepSshKeys, makeKeyPair } from "../../../plugins/lab/ssh/keys.ts";

test("a key its own reader refuses is made anew, and giving up is said", () => {
  const good = makeKeyPair("good");
  const other = makeKeyPair("other");
  const tries = [{ private: "garbage", public: good.public }, { private: other.private, public: good.public }, good];
  expect(makeKeyPair("x", () => tries.shift() ?? good)).toEqual(good);
  expect(() => makeKeyPair("x", () => ({ private: "", public: "" }))).toThrow("20 tries");
});

test("a thousand keys can all be read", () => {
  for (let count = 0; count < 1_000; count++) expect(ssh2.utils.parseKey(makeKeyPair("x").private)).not.toBeInstanceOf(Error);
});

test("keys are kept, private to their owner, and a new node gets one beside the old", () => {
  const dir = mkdtempSync(join(tmpdir(), "lab-keys-"));
  const first = keepSshKeys(dir, ["pve"]);
  const second = keepSshKeys(dir, ["pve", "agent"]);
  expect(second.publicKey).toBe(first.publicKey);
  expect(second.hosts.pve).toEqual(first.hosts.pve);
  expect(Object.keys(second.hosts)).toEqual(["pve", "agent"]);
  expect(statSync(first.identityFile).mode & 0o777).toBe(0o600);
  rmSync(dir, { recursive: true, force: true });
});
