// A self-signed certificate for one simulated node (P-256, ten years, 127.0.0.1 and localhost), made without any tool of the machine.
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { bits, integer, octets, oid, sequence, setOf, text, time, tlv, yes } from "./der.ts";

const DAY_MS = 86_400_000;
const LIFE_DAYS = 3650;
const OID = { organization: "2.5.4.10", commonName: "2.5.4.3", ecdsaSha256: "1.2.840.10045.4.3.2", altNames: "2.5.29.17", constraints: "2.5.29.19" };

export interface Certificate {
  cert: string;
  key: string;
}

const pem = (der: Buffer): string => `-----BEGIN CERTIFICATE-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;

export function makeCertificate(name: string, now: Date): Certificate {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = sequence(setOf(sequence(oid(OID.organization), text("Jarvis lab"))), setOf(sequence(oid(OID.commonName), text(name))));
  const algorithm = sequence(oid(OID.ecdsaSha256));
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const names = sequence(tlv(0x82, Buffer.from("localhost")), tlv(0x82, Buffer.from(name)), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = tlv(0xa3, sequence(sequence(oid(OID.altNames), octets(names)), sequence(oid(OID.constraints), yes(), octets(sequence(yes())))));
  const validity = sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + LIFE_DAYS * DAY_MS)));
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" });
  const version = tlv(0xa0, integer(Buffer.from([2])));
  const body = sequence(version, integer(serial), algorithm, subject, validity, subject, publicKey, extensions);
  const signature = sign("sha256", body, pair.privateKey);
  return { cert: pem(sequence(body, algorithm, bits(signature))), key: String(pair.privateKey.export({ type: "pkcs8", format: "pem" })) };
}

/** SHA-256 of the leaf's DER in the form `AA:BB:...`, as PVE shows it. */
export const fingerprintOf = (cert: string): string => new X509Certificate(cert).fingerprint256;
