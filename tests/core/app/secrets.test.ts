// Which words of a configuration the redactor learns: passwords, second factors, the secret part of a token; no address and no short word.
import { expect, test } from "bun:test";
import { secretsOf } from "../../../core/app/secrets.ts";

test("a login's password and second factor are secrets, and of a token the part behind its name too", () => {
  const found = secretsOf(
    {
      house: { user: "root@pam", password: "pass & word", totp: "GEZDGNBVGY3TQOJQ", token: "a@pve!b=01234567-0123", endpoints: ["https://10.0.0.1:8006"], key: "/run/secrets/key" },
    },
    ["filled-in-secret"],
  );
  expect(found.sort()).toEqual(["01234567-0123", "GEZDGNBVGY3TQOJQ", "a@pve!b=01234567-0123", "filled-in-secret", "pass & word"]);
});
