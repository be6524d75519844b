// Looks at an endpoint before there is any configuration: which certificate it shows, and whether it is a Proxmox VE. Sends one open question without any credential; trusts nothing it hears.
import { connect, type TLSSocket } from "node:tls";
import type { Sight } from "./words.ts";

const PATIENCE_MS = 8000;
const MAX_ANSWER = 65_536;

const question = (host: string): string => `GET /api2/json/access/domains HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nConnection: close\r\n\r\n`;

const isRealms = (answer: string): boolean => /^HTTP\/1\.\d 200/.test(answer) && answer.includes('"realm"') && answer.includes('"data"');

const sightOf = (origin: string, socket: TLSSocket, answer: string): Sight => {
  const { fingerprint256, subject, valid_to: validTo } = socket.getPeerCertificate();
  return { origin, fingerprint: fingerprint256, subject: String(subject?.CN ?? ""), validTo, isProxmox: isRealms(answer) };
};

/** Rejects with words that say what was wrong: no https address, no name, nobody there, too slow. */
export const look = (address: string): Promise<Sight> =>
  new Promise((resolve, reject) => {
    const url = URL.parse(address);
    if (url?.protocol !== "https:") return reject(new Error(`${address} is no address such as https://192.168.1.50:8006`));
    const socket = connect({ host: url.hostname, port: Number(url.port === "" ? 443 : url.port), rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    let [answer, seen]: [string, Sight | undefined] = ["", undefined];
    const fail = (why: string): void => {
      socket.destroy();
      if (seen) resolve(seen);
      else reject(new Error(`${url.origin}: ${why}`));
    };
    socket.setTimeout(PATIENCE_MS, () => fail("no answer in time"));
    socket.once("error", (error) => fail(error.message));
    socket.once("secureConnect", () => {
      seen = sightOf(url.origin, socket, "");
      socket.write(question(url.host));
    });
    socket.on("data", (piece: Uint8Array) => {
      answer += new TextDecoder().decode(piece);
      if (isRealms(answer) && seen) seen = { ...seen, isProxmox: true };
      if (answer.length > MAX_ANSWER || seen?.isProxmox) fail("too long an answer");
    });
    socket.once("close", () => fail("it closed the connection"));
  });
