// Makes a fresh self-signed certificate for 127.0.0.1, so that no key lies in the repository. For tests only.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const bytes = (...values: number[]): Buffer => Buffer.from(values);

/** ecdsa-with-SHA256, commonName, subjectAltName, basicConstraints. */
const ECDSA_SHA256 = sequence(der(0x06, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
const name = (text: string): Buffer => sequence(der(0x31, sequence(der(0x06, bytes(0x55, 0x04, 0x03)), der(0x0c, Buffer.from(text)))));
const extension = (last: number, value: Buffer): Buffer => sequence(der(0x06, bytes(0x55, 0x1d, last)), der(0x04, value));

/** PEM texts and the SHA-256 of the DER as colon-separated hex. */
export const selfSigned = (commonName = "jarvis test") => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const validity = sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z")));
  const extensions = der(0xa3, sequence(extension(0x11, sequence(der(0x87, bytes(127, 0, 0, 1)))), extension(0x13, sequence(der(0x01, bytes(0xff))))));
  const body = sequence(
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, bytes(1), randomBytes(8)),
    ECDSA_SHA256,
    name(commonName),
    validity,
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const whole = sequence(body, ECDSA_SHA256, der(0x03, bytes(0), sign("sha256", body, privateKey)));
  const cert = `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
  const fingerprint = (createHash("sha256").update(whole).digest("hex").toUpperCase().match(/../g) ?? []).join(":");
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert, fingerprint };
};
