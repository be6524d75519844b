// No secret passes, in any encoding, and ordinary words stay.
import { describe, expect, test } from "bun:test";
import { createRedactor } from "../../../core/lib/redact.ts";

const secret = "0f3c9a5e-77aa-4d1e-b1b0-canary000001";
const redact = createRedactor([secret]);

describe("the redactor", () => {
  test.each([
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("hex"),
    `x${secret}y`,
    `PVEAPIToken=jarvis@pve!observe=${secret}`,
    `https://ana:${secret}@host/`,
  ])("removes a known secret from %p", (text) => {
    const clean = redact.text(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain("[redacted]");
  });

  test.each(["Authorization: Bearer abcdefghijklmnop", "password=hunter22", '{"token":"abcdef123456"}', "jrv_ABCDEFGHIJKLMNOPqrst", `sk-ant-${"x1".repeat(10)}`])(
    "knows the shape of %p",
    (text) => {
      expect(redact.text(text)).toContain("[redacted]");
    },
  );

  test.each(["nextcloud is breathing again", "UPID:pve:0000A1B2:0012C3D4:674109AB:qmstart:101:root@pam:", "memory: 3072", "guest/101 keyboard"])("leaves %p as it is", (text) => {
    expect(redact.text(text)).toBe(text);
  });

  test("cleans plain data by key and by value, and copies it", () => {
    const before = { name: "x", password: "p", deep: [{ line: `t ${secret}` }] };
    expect(redact.data(before)).toEqual({ name: "x", password: "[redacted]", deep: [{ line: "t [redacted]" }] });
    expect(before.password).toBe("p");
  });
});
