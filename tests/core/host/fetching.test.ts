// A plugin's fetch: only where granted, only to whom pinned, in time and within bounds; everything else is a JarvisError in words.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { JarvisError } from "../../../core/contract/error.ts";
import { testContext } from "../../support/context.ts";
import { until } from "../../support/until.ts";
import { answer, failure, plain, type Raw, secure } from "./servers.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
const kept = <T extends { stop(): void }>(thing: T): T => {
  stops.push(() => thing.stop());
  return thing;
};
const context = (options: Partial<Parameters<typeof testContext>[0]> = {}) => kept(testContext({ config: {}, ...options }));
const typeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  const thrown = await failure(work);
  if (thrown !== undefined && !(thrown instanceof JarvisError)) throw thrown;
  return thrown?.type;
};
const at = ({ port }: Raw, scheme = "http"): string => `${scheme}://127.0.0.1:${port}/x`;

test("a wrong certificate is found out before a byte of the request leaves", async () => {
  const server = kept(await secure());
  const { bare } = context();
  const other = "AA:".repeat(31).concat("AA");
  const thrown = await failure(bare.fetch(at(server, "https"), { headers: { authorization: "secret" }, method: "POST", body: "act", tls: { fingerprint: other } }));
  expect(thrown).toBeInstanceOf(JarvisError);
  const data = thrown instanceof JarvisError ? [thrown.type, thrown.details.data] : [];
  expect(data).toEqual(["upstream_tls", { sent: false, seen: server.fingerprint, pinned: other }]);
  expect(thrown instanceof Error ? thrown.message : "").toContain(server.fingerprint);
  expect(server.received).toEqual([]);
});

test("a kept connection serves only the pin it was checked with", async () => {
  const server = kept(await secure());
  const { bare } = context();
  const right = { tls: { fingerprint: server.fingerprint } };
  expect((await bare.fetch(at(server, "https"), right)).body).toBe("ok");
  expect((await bare.fetch(at(server, "https"), right)).body).toBe("ok");
  expect(server.connections()).toBe(1);
  expect(await typeOf(bare.fetch(at(server, "https"), { tls: { fingerprint: "00:".repeat(31).concat("00") } }))).toBe("upstream_tls");
  expect(server.received).toHaveLength(2);
});

test("without a pin the CA decides, and nobody can switch that off", async () => {
  const server = kept(await secure());
  const { bare } = context();
  expect(await typeOf(bare.fetch(at(server, "https")))).toBe("upstream_tls");
  expect(await typeOf(bare.fetch(at(server, "https"), { tls: { ca: server.cert } }))).toBeUndefined();
  const lax: Record<string, unknown> = { rejectUnauthorized: false };
  expect(await typeOf(bare.fetch(at(server, "https"), { tls: lax }))).toBe("upstream_tls");
  expect(server.received).toHaveLength(1);
});

test("a redirect is not followed: its target is a new request and needs its own grant", async () => {
  const target = kept(await plain());
  const server = kept(await plain((socket) => void socket.write(answer("302 Found", "", [`Location: http://127.0.0.1:${target.port}/`]))));
  const { bare } = context({ grants: { net: [`127.0.0.1:${server.port}`] } });
  const reply = await bare.fetch(at(server));
  expect(reply.status).toBe(302);
  expect(await typeOf(bare.fetch(reply.headers.location ?? ""))).toBe("permission");
  expect(target.connections()).toBe(0);
});

test("what is not granted, no web URL, or tries to steer the request is refused before a socket opens", async () => {
  const server = kept(await plain());
  const { bare } = context({ grants: { net: [`127.0.0.1:${server.port}`] } });
  expect(await typeOf(bare.fetch("http://localhost:1/"))).toBe("permission");
  expect(await typeOf(bare.fetch("http://127.0.0.1/", { unix: "/run/docker.sock" }))).toBe("permission");
  expect(await typeOf(bare.fetch("file:///etc/passwd"))).toBe("bad_input");
  expect(await typeOf(bare.fetch(`http://user:pass@127.0.0.1:${server.port}/`))).toBe("bad_input");
  expect(await typeOf(bare.fetch(at(server), { headers: { Host: "other.lan" } }))).toBe("bad_input");
  expect(await typeOf(bare.fetch(at(server), { headers: { a: "b\r\nX-Evil: 1" } }))).toBe("bad_input");
  expect(await typeOf(bare.fetch(at(server), { method: "CONNECT" }))).toBe("bad_input");
  expect(server.connections()).toBe(0);
});

test("a name that resolves to a link-local address is refused", async () => {
  const { bare } = context({ grants: { net: ["0.0.0.0.", "localhost"] } });
  expect(await typeOf(bare.fetch("http://169.254.169.254/latest"))).toBe("permission");
});

test("the status line's reason, the server's time and packed bodies arrive", async () => {
  const packed = gzipSync("long words ".repeat(100));
  const server = kept(
    await plain((socket, request) => {
      if (request.startsWith("GET /x")) return void socket.write(answer("401 permission denied - invalid PVE ticket", "no", ["Date: Tue, 15 Nov 1994 08:12:31 GMT"]));
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    }),
  );
  const { bare } = context();
  expect(await bare.fetch(at(server))).toMatchObject({ status: 401, statusText: "permission denied - invalid PVE ticket", body: "no", serverTimeMs: 784_887_151_000 });
  expect((await bare.fetch(`http://127.0.0.1:${server.port}/y`)).body).toHaveLength(1100);
  expect(await typeOf(bare.fetch(`http://127.0.0.1:${server.port}/y`, { maxBytes: 1000 }))).toBe("upstream_garbage");
});

test("a dead, silent, garbled, broken-off or endless other side is an upstream error each", async () => {
  const { bare } = context();
  const cases: [string, (raw: Parameters<NonNullable<Parameters<typeof plain>[0]>>[0]) => void, string][] = [
    ["silent", () => undefined, "upstream_timeout"],
    ["garbled", (socket) => void socket.end("SSH-2.0-x\r\n\r\n"), "upstream_garbage"],
    ["closed", (socket) => void socket.destroy(), "upstream_refused"],
    ["broken off", (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "upstream_refused"],
    ["stuck in the body", (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "upstream_timeout"],
    ["endless", (socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${"x".repeat(5000)}`), "upstream_garbage"],
  ];
  for (const [name, reply, type] of cases) {
    const server = kept(await plain(reply));
    expect([name, await typeOf(bare.fetch(at(server), { timeoutMs: 150, maxBytes: 1000 }))]).toEqual([name, type]);
  }
  expect(await typeOf(bare.fetch("http://127.0.0.1:1/"))).toBe("upstream_refused");
  expect(await typeOf(bare.fetch("http://x/", { unix: join(tmpdir(), "not-there.sock") }))).toBe("upstream_refused");
});

test("a read survives a kept connection that the server closed; an act never rides on one", async () => {
  const server = kept(await plain((socket, _, nth) => (nth === 2 ? socket.destroy() : void socket.write(answer()))));
  const { bare } = context();
  for (let round = 0; round < 2; round += 1) expect((await bare.fetch(at(server))).body).toBe("ok");
  expect(server.received).toHaveLength(3);
  expect(await typeOf(bare.fetch(at(server), { method: "POST", body: "a=1" }))).toBeUndefined();
  expect(server.connections()).toBe(3);
});

test("an act whose reply is lost is sent once and says so", async () => {
  const server = kept(await plain((socket) => void socket.destroy()));
  const thrown = await failure(context().bare.fetch(at(server), { method: "POST", body: "a=1" }));
  expect(thrown instanceof JarvisError ? [thrown.type, thrown.details.data?.sent] : []).toEqual(["upstream_refused", true]);
  expect(server.received).toHaveLength(1);
});

test("a call's end stops what a client made in connect began for it", async () => {
  const server = kept(await plain(() => undefined));
  const { bare, within } = context();
  const client = { read: () => bare.fetch(at(server), { timeoutMs: 60_000 }) };
  const call = new AbortController();
  const work = failure(within({ client, signal: call.signal }, (own) => own.client.read()));
  await until(() => server.received.length === 1);
  call.abort(new JarvisError("upstream_timeout", { message: "the call's deadline" }));
  expect(await work).toMatchObject({ message: "the call's deadline" });
});

test("streams come piece by piece, are counted, and end with cancel or with the call that opened them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-stream-"));
  const path = join(folder, "s.sock");
  let closed = 0;
  const server = createServer((request, response) => {
    request.on("close", () => {
      closed += 1;
    });
    response.write("one");
    if (request.url === "/short") response.end();
  });
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const { bare, within } = context();
  const short = await bare.open("http://docker/short", { unix: path });
  expect(new TextDecoder().decode((await bare.next(short.id)).bytes)).toBe("one");
  expect(await bare.next(short.id)).toEqual({ done: true });
  expect(await typeOf(bare.next(short.id))).toBe("not_found");
  const opened = await Promise.all(Array.from({ length: 16 }, () => bare.open("http://docker/", { unix: path })));
  expect(await typeOf(bare.open("http://docker/", { unix: path }))).toBe("unavailable");
  for (const { id } of opened) await bare.cancel(id);
  const call = new AbortController();
  const watching = failure(
    within({ client: undefined, signal: call.signal }, async (own) => {
      const { id } = await own.open("http://docker/", { unix: path });
      await own.next(id);
      call.abort(new JarvisError("unavailable", { message: "unloaded" }));
      await own.next(id);
    }),
  );
  expect(await watching).toMatchObject({ message: "unloaded" });
  await until(() => closed >= 17, { what: "the server saw every stream close" });
});

test("a socket's grant is about where the path really leads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-link-"));
  stops.push(() => rmSync(folder, { recursive: true }));
  symlinkSync("/run/docker.sock", join(folder, "inside.sock"));
  const { bare } = context({ grants: { net: [`unix:${folder}`] } });
  expect(await typeOf(bare.fetch("http://docker/", { unix: join(folder, "inside.sock") }))).toBe("permission");
});
