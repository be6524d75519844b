// Over real sockets and TLS: the keep-alive rules of pveproxy, compressed and broken answers, strangers, and that an act is put on the wire once.
import { afterEach, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { until } from "../../../support/until.ts";
import { failure } from "./failure.ts";
import { clientOf, json, openDoor } from "./scripted.ts";

const Any = z.unknown();
const UPID = "UPID:pve:00004686:0005B477:6A4A8EEF:qmstart:101:jarvis@pve!operate:";
const ENDS = "Connection: close";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
});

const door = async (...given: Parameters<typeof openDoor>) => {
  const opened = await openDoor(...given);
  stops.push(opened.close);
  return opened;
};
const clientTo = (...given: Parameters<typeof clientOf>) => {
  const made = clientOf(...given);
  stops.push(made.stop);
  return made;
};

describe("keep-alive", () => {
  test("one connection carries many reads, and one that ends at its hundredth is not noticed", async () => {
    const node = await door(({ turn }, socket) => {
      if (turn < 100) return json(1);
      socket.end(json(1, [ENDS]));
    });
    const { client, ctx } = clientTo([node]);
    for (let read = 0; read < 250; read += 1) expect(await client.get(ctx, "/version", Any)).toBe(1);
    expect([node.connections(), node.came.length]).toEqual([3, 250]);
    expect(node.came[0]?.head).toMatch(/accept-encoding: gzip/i);
  });

  test("a kept connection that was closed meanwhile is replaced without an error, and asked once more only", async () => {
    const node = await door(() => json(1));
    const { client, ctx } = clientTo([node]);
    await client.get(ctx, "/version", Any);
    node.drop();
    expect(await client.get(ctx, "/version", Any)).toBe(1);
    expect(node.came.length).toBeLessThanOrEqual(3);
    expect(client.health()[0]?.standing).toBe("well");
  });

  test("is given up before pveproxy's five seconds are over", async () => {
    const node = await door(() => json(1));
    const { client, ctx } = clientTo([node]);
    await client.get(ctx, "/version", Any);
    await until(() => node.open() === 0, { withinMs: 4900, what: "our end closing first" });
    await client.get(ctx, "/version", Any);
    expect(node.connections()).toBe(2);
  }, 10_000);

  test("an answer of 400 and more ends its connection, and the next read has a new one", async () => {
    const node = await door(({ connection }, socket) => {
      if (connection > 1) return json(1);
      socket.end('HTTP/1.1 500 VM is locked (backup)\r\nConnection: close\r\nContent-Length: 13\r\n\r\n{"data":null}');
    });
    const { client, ctx } = clientTo([node]);
    expect((await failure(client.get(ctx, "/nodes/pve/qemu/101/config", Any))).message).toContain("VM is locked (backup)");
    expect(await client.get(ctx, "/version", Any)).toBe(1);
  });
});

describe("answers", () => {
  const played = async (answer: string | Uint8Array, end = true) => {
    const node = await door((_, socket) => {
      if (end) socket.end(answer);
      else socket.write(answer);
    });
    return { node, ...clientTo([node]) };
  };
  const packed = (body: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`), body]);

  test("that are compressed are unpacked", async () => {
    const { client, ctx } = await played(packed(gzipSync(JSON.stringify({ data: "x".repeat(5000) }))), false);
    expect(await client.get(ctx, "/version", z.string())).toHaveLength(5000);
  });

  const broken: readonly [what: string, bytes: string | Uint8Array, type: string, words: RegExp][] = [
    ["compressed and cut", packed(gzipSync(JSON.stringify({ data: "x".repeat(5000) })).subarray(0, 30)), "upstream_garbage", /broken gzip/],
    ["a body that breaks off", 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"data":[', "upstream_refused", /./],
    ["no HTTP at all", "220 mail.example.org ESMTP\r\n\r\n", "upstream_garbage", /not HTTP/],
    [
      "a page of another server",
      "HTTP/1.1 200 OK\r\nServer: nginx/1.26\r\nContent-Length: 59\r\n\r\n<html><head><title>Welcome to nginx!</title></head></html>\n",
      "upstream_garbage",
      /titled "Welcome to nginx!", by nginx\/1\.26/,
    ],
    [
      "JSON of something else",
      'HTTP/1.1 200 OK\r\nServer: grafana\r\nContent-Length: 15\r\n\r\n{"status":"ok"}',
      "upstream_garbage",
      /JSON without data \(by grafana\).*plugins\.proxmox\.endpoints/,
    ],
    ["a 404 of something else", 'HTTP/1.1 404 Not Found\r\nContent-Length: 21\r\n\r\n{"error":"not found"}', "upstream_garbage", /404 \(not found\).*no Proxmox VE/],
    [
      "a redirect to a login page",
      "HTTP/1.1 302 Found\r\nLocation: https://sso.example.org/\r\nContent-Length: 0\r\n\r\n",
      "upstream_garbage",
      /redirected to https:\/\/sso\.example\.org/,
    ],
    [
      "the 401 of the auth step: a bare status line",
      "HTTP/1.1 401 token 'observe' access expired\r\nContent-Length: 0\r\n\r\n",
      "upstream_auth",
      /jarvis@pve!observe: it has expired .*plugins\.proxmox\.token/,
    ],
    ["a hop that failed: empty", "HTTP/1.1 595 No route to host\r\nContent-Length: 0\r\n\r\n", "upstream_refused", /which itself answers \(No route to host\)/],
  ];
  for (const [what, bytes, type, words] of broken)
    test(`${what}: ${type}`, async () => {
      const { client, ctx } = await played(bytes);
      const error = await failure(client.get(ctx, "/nodes/pve/status", Any));
      expect([error.type as string, words.test(error.message) ? "as expected" : error.message]).toEqual([type, "as expected"]);
    });
});

describe("an endpoint that cannot be spoken to", () => {
  test("with another certificate: both are shown, with the fix, and nothing was sent", async () => {
    const node = await door(() => json(1));
    const pinned = Array.from({ length: 32 }, () => "AB").join(":");
    const { client, ctx } = clientTo([{ url: node.url, fingerprint: pinned }]);
    for (const work of [client.get(ctx, "/version", Any), client.post(ctx, "/x")]) {
      const error = await failure(work);
      expect([error.type, error.details.data]).toMatchObject(["upstream_tls", { seen: node.fingerprint, pinned, sent: false }]);
      for (const word of [node.fingerprint, pinned, "Nothing was sent", "openssl x509", "plugins.proxmox.fingerprints"]) expect(error.message).toContain(word);
    }
    expect(node.came).toEqual([]);
    expect(client.health()[0]?.standing).toBe("tls");
  });

  test("without a pin: what to do is said", async () => {
    const node = await door(() => json(1));
    const { client, ctx } = clientTo([node], { fingerprints: undefined });
    const error = await failure(client.get(ctx, "/version", Any));
    expect([error.type, error.message.includes(`./jarvis proxmox setup ${node.url}`)]).toEqual(["upstream_tls", true]);
  });

  test("by a name that does not resolve", async () => {
    const { client, ctx } = clientOf([{ url: "https://pve.invalid:8006", fingerprint: Array.from({ length: 32 }, () => "AB").join(":") }]);
    const error = await failure(client.get(ctx, "/version", Any));
    // The test's grants end at loopback; a resolver that is absent and a name that is not there are told alike.
    expect(["permission", "upstream_refused"]).toContain(error.type);
  });

  test("where nothing listens: a living one is asked at once, for an act too", async () => {
    const gone = await openDoor(() => json(1));
    gone.close();
    const node = await door(() => json(UPID));
    const { client, ctx } = clientTo([gone, node]);
    expect(await client.get(ctx, "/version", Any)).toBe(UPID);
    expect(await client.post(ctx, "/x")).toBe(UPID);
    expect(client.health().map(({ standing }) => standing)).toEqual(["unreachable", "well"]);
    expect(client.health()[0]?.words).toContain("Nothing listens at");
  });
});

describe("an act on the wire", () => {
  test("whose connection breaks after it was read is not sent again, here or elsewhere", async () => {
    const first = await door((_, socket) => void socket.destroy());
    const second = await door(() => json(UPID));
    const { client, ctx } = clientTo([first, second]);
    const error = await failure(client.post(ctx, "/nodes/pve/qemu/101/status/start", { timeout: 5 }));
    expect([error.type, error.details.data?.sent]).toEqual(["upstream_refused", true]);
    expect([first.came.length, second.came.length]).toEqual([1, 0]);
    expect(first.came[0]).toMatchObject({ body: "timeout=5" });
    expect(first.came[0]?.head).toMatch(/content-length: 9/i);
    expect(first.came[0]?.head).not.toMatch(/chunked/i);
  });

  test("never goes over a kept connection, which may be closing", async () => {
    const node = await door(({ head }) => json(head.startsWith("POST") ? UPID : 1));
    const { client, ctx } = clientTo([node]);
    await client.get(ctx, "/version", Any);
    await client.post(ctx, "/x");
    expect(node.came.map(({ connection }) => connection)).toEqual([1, 2]);
  });
});
