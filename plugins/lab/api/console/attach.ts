// Takes WebSockets over on a node's listener: the call is checked like any other, then the connection becomes a console. It refuses anything but version 13, and what is no console.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import { readParameters } from "../../front/body.ts";
import { readCaller, type Tickets } from "../../front/credential.ts";
import { createDispatch, type Dispatch } from "../../front/dispatch.ts";
import { failure, isFailure } from "../../front/failure.ts";
import { get, type Route } from "../../front/route.ts";
import type { Life } from "../../world/create.ts";
import type { Node } from "../../world/state.ts";
import { guarded } from "../gate.ts";
import type { Door } from "./doors.ts";
import { decode, encode, OPCODE } from "./frames.ts";
import { consoleRoutes, socketDoor } from "./open.ts";
import { startSession } from "./session.ts";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TICKET_PATIENCE_MS = 10_000;
/** No frame of a real console is larger. */
const FRAME_BYTES = 65_536;
const RFB_GREETING = "RFB 003.008\n";

const isSocketPath = ({ method, path }: Route): boolean => method === "GET" && path.endsWith("/vncwebsocket");

/** The same rows with the same rights, answering the door itself. */
const doorsOf = (life: Life, keep: (door: Door) => void): Dispatch =>
  createDispatch(
    life,
    consoleRoutes()
      .filter(isSocketPath)
      .map((route) => guarded(get(route.path, (call) => keep(socketDoor(call)), route.needs && route.rules ? { needs: route.needs, rules: route.rules } : {}))),
  );

async function findDoor(life: Life, tickets: Tickets, node: Node, request: IncomingMessage): Promise<Door> {
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  const own = /^\/api2\/json(\/nodes\/.+\/vncwebsocket)$/.exec(path)?.[1];
  if (own === undefined) throw failure(501, "no such uri");
  let found: Door | undefined;
  const dispatch = doorsOf(life, (door) => {
    found = door;
  });
  const parameters = await readParameters(request, "GET", query);
  const caller = () => readCaller(life.world, tickets, request.headers, "GET", node);
  await dispatch({ at: node.name, method: "GET", path: own.split("/").map(decodeURIComponent).join("/"), parameters, caller });
  if (!found) throw failure(500, "no such console");
  return found;
}

function shakeHands(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers["sec-websocket-key"];
  if (request.headers["sec-websocket-version"] !== "13" || typeof key !== "string") throw failure(400, "unsupported websocket version");
  const accept = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
  const wanted = String(request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
  const protocol = wanted.includes("binary") ? "Sec-WebSocket-Protocol: binary\r\n" : "";
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol}\r\n`);
}

function converse(life: Life, door: Door, socket: Duplex, first: Buffer): void {
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    cancel();
    socket.end(encode(OPCODE.close, Buffer.from([0x03, 0xe8])));
    door.left();
  };
  const cancel = life.world.clock.after(TICKET_PATIENCE_MS, end);
  const send = (text: string): void => {
    const bytes = Buffer.from(text, "utf8");
    for (let at = 0; open && at < bytes.length; at += FRAME_BYTES) socket.write(encode(OPCODE.binary, bytes.subarray(at, at + FRAME_BYTES)));
    if (text === "OK") cancel();
  };
  const screen = door.inside.kind === "screen";
  const session = startSession(life.world, door, send, end);
  let waiting: Buffer = first;
  const read = (): void => {
    const { frames, rest } = decode(waiting);
    waiting = rest;
    for (const { opcode, payload } of frames) {
      if (opcode === OPCODE.close) end();
      else if (opcode === OPCODE.ping) socket.write(encode(OPCODE.pong, payload));
      else if (opcode !== OPCODE.pong && !screen) session.take(payload);
    }
  };
  const take = (): void => {
    try {
      read();
    } catch {
      end();
    }
  };
  socket.on("data", (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    take();
  });
  socket.on("error", end);
  socket.on("close", end);
  door.connected();
  if (screen) {
    cancel();
    send(RFB_GREETING);
  }
  take();
}

const refusal = (error: unknown): string => {
  const { status, message } = isFailure(error) ? error : failure(500, error instanceof Error ? error.message : String(error));
  return `HTTP/1.1 ${status} ${message.split("\n")[0]?.replace(/[^\x20-\x7e]/g, "?")}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
};

export function attachConsoles(server: Server, node: Node, life: Life, tickets: Tickets): void {
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, first: Buffer) => {
    findDoor(life, tickets, node, request)
      .then((door) => {
        shakeHands(request, socket);
        converse(life, door, socket, Buffer.from(first));
      })
      .catch((error: unknown) => socket.end(refusal(error)));
  });
}
