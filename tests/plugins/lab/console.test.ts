// Consoles: a ticket, a WebSocket, the ticket line, then a terminal; what pveproxy refuses is refused.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { decode, encode, OPCODE } from "../../../plugins/lab/api/console/frames.ts";
import { readMessage } from "../../../plugins/lab/api/console/session.ts";
import { until } from "../../support/until.ts";
import { ended, type OpenLab, openLab, record } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const bearer = () => `PVEAPIToken=${lab.about.pve.tokens.act}`;

function connect(path: string, port: unknown, ticket: unknown, node = "pve") {
  const base = lab.about.pve.nodes.find((one) => one.name === node)?.url.replace("https", "wss");
  const socket = new WebSocket(`${base}/api2/json${path}/vncwebsocket?port=${port}&vncticket=${encodeURIComponent(String(ticket))}`, {
    protocols: ["binary"],
    headers: { authorization: bearer() },
    tls: { rejectUnauthorized: false },
  });
  socket.binaryType = "arraybuffer";
  const seen = { text: "", open: false, closed: false };
  socket.addEventListener("open", () => {
    seen.open = true;
  });
  socket.addEventListener("close", () => {
    seen.closed = true;
  });
  socket.addEventListener("message", ({ data }) => {
    seen.text += data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
  });
  return { socket, seen };
}

const type = (socket: WebSocket, text: string): void => socket.send(`0:${new TextEncoder().encode(text).length}:${text}`);

test("a container's console answers the ticket with OK, echoes, and runs what is typed", async () => {
  const { data } = await lab.call("POST", "/nodes/pve/lxc/102/termproxy", { as: "act" });
  const { port, ticket, user, upid } = record(data);
  expect(user).toBe("jarvis@pve!operate");
  const { socket, seen } = connect("/nodes/pve/lxc/102", port, ticket);
  await until(() => seen.open, { what: "the socket" });
  expect(socket.protocol).toBe("binary");
  socket.send(`${user}:${ticket}\n`);
  await until(() => seen.text.includes("root@postgres:~# "), { what: "the prompt" });
  expect(seen.text.startsWith("OK")).toBe(true);
  socket.send("1:120:40:");
  socket.send("2");
  type(socket, "hostname\r");
  await until(() => /hostname\r\npostgres\r\n/.test(seen.text), { what: "the answer" });
  type(socket, "exit\r");
  await until(() => seen.closed, { what: "the end" });
  expect(await ended(lab, upid)).toBe("OK");
});

test("a wrong ticket line ends the connection; a wrong ticket in the address is a 401", async () => {
  const { port, ticket, user, upid } = record((await lab.call("POST", "/nodes/pve/lxc/102/termproxy", { as: "act" })).data);
  const wrong = connect("/nodes/pve/lxc/102", port, `${ticket}x`);
  await until(() => wrong.seen.closed, { what: "the refusal" });
  expect(wrong.seen.open).toBe(false);
  const { socket, seen } = connect("/nodes/pve/lxc/102", port, ticket);
  await until(() => seen.open, { what: "the socket" });
  socket.send(`${user}:nonsense\n`);
  await until(() => seen.closed, { what: "the end" });
  expect(seen.text).not.toContain("OK");
  expect(await ended(lab, upid)).toBe("OK");
});

test("a ticket opens nothing but what it was made for", async () => {
  const { port, ticket } = record((await lab.call("POST", "/nodes/pve/lxc/102/termproxy", { as: "act" })).data);
  const { seen } = connect("/nodes/pve/lxc/109", port, ticket);
  await until(() => seen.closed, { what: "the refusal" });
  expect(seen.open).toBe(false);
});

test("a VM without a serial line has no terminal, and a node's shell wants Sys.Console", async () => {
  expect((await lab.call("POST", "/nodes/pve/qemu/101/termproxy", { as: "act" })).reason).toBe("unable to find a serial interface");
  expect((await lab.call("POST", "/nodes/pve/termproxy", { as: "act" })).reason).toBe("Permission check failed (/nodes/pve, Sys.Console)");
});

test("frames: masked ones are read whole, fragments and large ones refused", () => {
  const payload = Buffer.from("0:2:hi");
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = Buffer.concat([Buffer.from([0x82, 0x80 | payload.length]), mask, Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))]);
  expect(decode(masked.subarray(0, 5)).frames).toEqual([]);
  expect(decode(masked).frames.map((frame) => frame.payload.toString())).toEqual(["0:2:hi"]);
  expect(() => decode(Buffer.concat([Buffer.from([0x02]), masked.subarray(1)]))).toThrow("fragmented");
  expect(() => decode(Buffer.concat([Buffer.from([0xc2]), masked.subarray(1)]))).toThrow("reserved");
  expect(() => decode(encode(OPCODE.binary, payload))).toThrow("masked");
});

test("termproxy's messages are taken apart however they are cut", () => {
  expect(readMessage(Buffer.from("0:3:ab"))).toBeUndefined();
  expect(readMessage(Buffer.from("0:3:abc2"))?.input?.toString()).toBe("abc");
  expect(readMessage(Buffer.from("1:80:24:2"))?.rest.toString()).toBe("2");
  expect(() => readMessage(Buffer.from("hello"))).toThrow("unknown message");
});
