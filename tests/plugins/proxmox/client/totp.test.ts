// The second factor's codes are those of RFC 6238, appendix B (its last six digits).
import { expect, test } from "bun:test";
import { codeOf, isTotpSecret, stepOf } from "../../../../plugins/proxmox/client/totp.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const VECTORS: readonly [seconds: number, code: string][] = [
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
];

for (const [seconds, code] of VECTORS) test(`at ${seconds} s the code is ${code}`, async () => expect(await codeOf(SECRET, stepOf(seconds * 1000))).toBe(code));

test("the secret is taken as people keep it", async () => {
  for (const secret of ["gezd gnbv gy3t qojq gezd gnbv gy3t qojq", `otpauth://totp/PVE:jarvis?secret=${SECRET}&issuer=PVE`, `${SECRET}====`])
    expect([isTotpSecret(secret), await codeOf(secret, 1)]).toEqual([true, "287082"]);
  for (const secret of ["", "123456", "otpauth://totp/x", "GEZDGNBVGY3TQOJ!GEZDGNBVGY3TQOJQ"]) expect(isTotpSecret(secret)).toBe(false);
});
