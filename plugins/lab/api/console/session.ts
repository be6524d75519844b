// One connected console: the ticket line first, then termproxy's little language: `0:LENGTH:` input, `1:COLUMNS:ROWS:` size, `2` still there. Bytes of the terminal come back as they are.
import { nodeShell, openTerminal, type Shell, type Wire } from "../../ssh/terminal.ts";
import { runInside } from "../../world/guests/inside.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Door } from "./doors.ts";

const MAX_WAITING = 262_144;

export interface Session {
  take(bytes: Buffer): void;
}

interface Message {
  input?: Buffer;
  rest: Buffer;
}

/** The first message of the bytes, or undefined while it is not whole. It throws on what is no message. */
export function readMessage(bytes: Buffer): Message | undefined {
  const kind = String.fromCharCode(bytes[0] ?? 0);
  if (kind === "2") return { rest: bytes.subarray(1) };
  const head = /^(0:(\d{1,6}):|1:\d{1,5}:\d{1,5}:)/.exec(bytes.subarray(0, 16).toString("latin1"));
  if (!head) {
    if (bytes.length > 16 || (kind !== "0" && kind !== "1")) throw new Error("unknown message");
    return undefined;
  }
  const start = head[0].length;
  if (head[2] === undefined) return { rest: bytes.subarray(start) };
  const end = start + Number(head[2]);
  return bytes.length < end ? undefined : { input: bytes.subarray(start, end), rest: bytes.subarray(end) };
}

const guestShell = (world: World, guest: Guest): Shell => ({
  greeting: `\n${guest.config.ostype === "alpine" ? "Alpine Linux 3.22" : "Debian GNU/Linux 12"} ${guest.seed.name} tty1\n\n`,
  prompt: `root@${guest.seed.name}:~# `,
  async run(line) {
    const ran = runInside(world, guest, ["sh", "-c", line]);
    await world.clock.sleep(ran.ms);
    return ran.out + ran.err;
  },
});

export function startSession(world: World, door: Door, send: (text: string) => void, end: () => void): Session {
  const takers: ((bytes: Buffer) => void)[] = [];
  const wire: Wire = { write: send, exit: () => undefined, end, on: (_, take) => void takers.push(take) };
  let waiting: Buffer = Buffer.alloc(0);
  let greeted = false;

  function greet(): boolean {
    const line = waiting.indexOf("\n");
    if (line < 0) return false;
    const given = waiting.subarray(0, line).toString("utf8");
    waiting = waiting.subarray(line + 1);
    // Before 9 the ticket is checked as a login would be, and a token's full id is no user's name.
    const stranger = world.dialect === "8.4" && door.user.includes("!");
    if (stranger || given !== `${door.user}:${door.ticket}`) throw new Error("invalid ticket");
    greeted = true;
    send("OK");
    if (door.inside.kind === "node") openTerminal(wire, nodeShell({ world, node: door.inside.node }));
    else openTerminal(wire, guestShell(world, door.inside.guest));
    return true;
  }

  function read(): void {
    if (!greeted && !greet()) return;
    while (waiting.length > 0) {
      const message = readMessage(waiting);
      if (!message) return;
      waiting = message.rest;
      if (message.input) for (const take of takers) take(message.input);
    }
  }

  return {
    take(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
      if (waiting.length > MAX_WAITING) return end();
      try {
        read();
      } catch {
        end();
      }
    },
  };
}
