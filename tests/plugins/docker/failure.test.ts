// Every way an engine can fail to answer has its own error type and words that name the socket; none of them looks like a stopped container.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JarvisError } from "../../../core/contract/error.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { act, list } from "../../../plugins/docker/engine/calls.ts";
import { refusal, unreachable } from "../../../plugins/docker/engine/failure.ts";
import { request, type Where } from "../../../plugins/docker/engine/reach.ts";
import { testContext } from "../../support/context.ts";
import { connect, following, labWorld, type World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "jarvis-docker-failure-"));
const servers: Server[] = [];
const host = testContext({ config: {}, plugin: "docker", clock: createClock() });
const where = (socket: string): Where => ({ name: "mgmt", words: socket, host: { socket } });

/** A socket that answers every connection with these bytes, or never. */
const answering = async (bytes: string | undefined): Promise<string> => {
  const path = join(folder, `${servers.length}.sock`);
  const server = createServer((peer) => {
    peer.on("error", () => undefined);
    if (bytes !== undefined) peer.once("data", () => peer.end(bytes));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(path, done));
  return path;
};
const http = (status: string, body: string): string => `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

afterAll(() => {
  host.stop();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("an engine that does not answer well", () => {
  const asked = async (socket: string): Promise<{ type: string; message: string }> =>
    list(host.bare, where(socket)).then(
      () => ({ type: "none", message: "" }),
      (thrown) => thrown,
    );

  test("a socket that is not there is upstream_refused and names its path", async () => {
    const failed = await asked(join(folder, "nothing.sock"));
    expect(failed.type).toBe("upstream_refused");
    expect(failed.message).toContain(`No Docker at ${join(folder, "nothing.sock")}`);
  });

  test("a file that is no socket is upstream_refused", async () => {
    writeFileSync(join(folder, "file"), "");
    expect((await asked(join(folder, "file"))).type).toBe("upstream_refused");
  });

  test("a socket that may not be opened is upstream_denied and says which group helps", () => {
    const cause = Object.assign(new Error("permission denied"), { code: "EACCES" });
    expect(unreachable(new JarvisError("upstream_refused", { cause }), "/var/run/docker.sock")).toMatchObject({
      type: "upstream_denied",
      message: expect.stringContaining("group"),
    });
  });

  test("bytes that are not HTTP are upstream_garbage", async () => {
    expect((await asked(await answering("SSH-2.0-OpenSSH_9.2\r\n\r\n"))).type).toBe("upstream_garbage");
  });

  test("an answer that is not JSON, or not Docker's, is upstream_garbage", async () => {
    expect((await asked(await answering(http("200 OK", "<html>")))).type).toBe("upstream_garbage");
    expect((await asked(await answering(http("200 OK", '{"hello":1}')))).type).toBe("upstream_garbage");
    expect((await asked(await answering(http("200 OK", '[{"Id":"short"}]')))).type).toBe("upstream_garbage");
  });

  test("an answer cut off in the middle is an upstream error, not an empty list", async () => {
    expect((await asked(await answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]"))).type).toStartWith("upstream");
  });

  test("a server error keeps the engine's own words", async () => {
    expect(await asked(await answering(http("500 Internal Server Error", '{"message":"containerd is gone"}')))).toMatchObject({
      type: "upstream",
      message: expect.stringContaining("containerd is gone"),
    });
  });

  test("an engine that hangs is upstream_timeout", async () => {
    const socket = await answering(undefined);
    const failed = await request(host.bare, where(socket), { path: "/version", timeoutMs: 100 }).catch((thrown) => thrown);
    expect(failed.type).toBe("upstream_timeout");
  });

  test("a lost reply to an act is upstream_timeout or upstream_refused, so that its trace is asked for", async () => {
    const failed = await act(host.bare, where(await answering("")), "abcdef", "restart", 1).catch((thrown) => thrown);
    expect(["upstream_timeout", "upstream_refused"]).toContain(failed.type);
  });

  test("each refusal has its type", () => {
    const types = [400, 401, 403, 404, 409, 500, 503, 302].map((status) => refusal(status, '{"message":"words"}', "here").type);
    expect(types).toEqual(["upstream", "upstream_auth", "upstream_denied", "not_found", "upstream", "upstream", "upstream", "upstream_garbage"]);
    expect(refusal(409, '{"message":"the words"}', "here").message).toContain("the words");
    expect(refusal(500, "", "here").message).toContain("status 500");
  });
});

describe("what is never sent", () => {
  const refused = [
    "/containers/create",
    "/containers/a/exec",
    "/plugins/pull",
    "/v1.47/containers/json",
    "//containers/a/start",
    "/containers/../images/json",
    "/containers/a%2f/start",
    "/Containers/a/start",
  ];
  for (const path of refused)
    test(`POST ${path} is refused before the socket`, async () => {
      const failed = await request(host.bare, where(join(folder, "nothing.sock")), { method: "POST", path }).catch((thrown) => thrown);
      expect(failed.message).toContain("no request Jarvis sends");
    });
  test("DELETE does not exist", async () => {
    const failed = await request(host.bare, where(join(folder, "nothing.sock")), { path: "/containers/a" }).catch((thrown) => thrown);
    expect(failed.message).toContain("no request Jarvis sends");
  });
});

describe("an engine that goes away and comes back", () => {
  let world: World;
  beforeAll(async () => {
    world = await labWorld();
  });

  test("the reading fails instead of showing stopped containers, and the stream ends with words", async () => {
    const plugged = connect(world.socket, world.rate, world.anchorMs);
    const before = await plugged.monitor.read(plugged.ctx);
    const stream = following(plugged);
    await world.stop();
    expect(await stream.running).toMatchObject({ type: expect.stringMatching(/^upstream/) });
    const failed = await Promise.resolve(plugged.monitor.read(plugged.ctx)).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ type: "upstream_refused", message: expect.stringContaining(world.socket) });
    expect(Object.values(before.containers).every((container) => container.status === "up")).toBe(true);
    plugged.stop();
  });
});
