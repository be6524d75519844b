// A mail catcher: SMTP on loopback that takes every message and keeps the newest for `GET /mails`. It relays nothing, knows no TLS and no login, and refuses what is too large.
import { createServer, type Server, type Socket } from "node:net";

const MAX_MAILS = 500;
const MAX_MAIL_BYTES = 1_048_576;
const MAX_LINE = 4_096;
const MAX_RECIPIENTS = 100;

export interface Mail {
  seq: number;
  /** ISO 8601, world time. */
  time: string;
  from: string;
  to: string[];
  subject: string;
  /** Everything between DATA and the single dot, dots unstuffed. */
  text: string;
}

export interface Mailbox {
  server: Server;
  since(seq: number): Mail[];
}

interface Draft {
  from?: string;
  to: string[];
  lines?: string[];
  bytes: number;
}

const addressIn = (text: string): string => /<([^<>\s]*)>/.exec(text)?.[1] ?? text.trim();
const blank = (): Draft => ({ to: [], bytes: 0 });

/** Header lines may be folded onto the next one. */
function subjectOf(lines: readonly string[]): string {
  const head = lines
    .slice(0, Math.max(0, lines.indexOf("")))
    .join("\n")
    .replace(/\n[ \t]+/g, " ");
  return /^subject:[ \t]*(.*)$/im.exec(head)?.[1]?.trim() ?? "";
}

export function createMailbox(now: () => number): Mailbox {
  const mails: Mail[] = [];
  let seq = 0;
  function keep({ from = "", to, lines = [] }: Draft): number {
    seq += 1;
    mails.push({ seq, time: new Date(now()).toISOString(), from, to, subject: subjectOf(lines), text: lines.join("\n") });
    if (mails.length > MAX_MAILS) mails.shift();
    return seq;
  }

  function command(draft: Draft, line: string): string {
    const [, verb = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    switch (verb.toUpperCase()) {
      case "EHLO":
        return `250-jarvis-lab\r\n250-SIZE ${MAX_MAIL_BYTES}\r\n250 8BITMIME`;
      case "HELO":
        return "250 jarvis-lab";
      case "MAIL":
        Object.assign(draft, blank(), { from: addressIn(rest.replace(/^FROM:/i, "").split(/\s/)[0] ?? "") });
        return "250 2.1.0 Ok";
      case "RCPT":
        if (draft.from === undefined) return "503 5.5.1 MAIL first";
        if (draft.to.length >= MAX_RECIPIENTS) return "452 4.5.3 too many recipients";
        draft.to.push(addressIn(rest.replace(/^TO:/i, "")));
        return "250 2.1.5 Ok";
      case "DATA":
        if (draft.to.length === 0) return "503 5.5.1 RCPT first";
        draft.lines = [];
        return "354 End data with <CR><LF>.<CR><LF>";
      case "RSET":
        Object.assign(draft, blank());
        delete draft.from;
        return "250 2.0.0 Ok";
      case "NOOP":
        return "250 2.0.0 Ok";
      case "QUIT":
        return "221 2.0.0 Bye";
      default:
        return "502 5.5.2 command not recognized";
    }
  }

  function take(draft: Draft, line: string): string | undefined {
    if (!draft.lines) return command(draft, line);
    if (line === ".") {
      const answer = draft.bytes > MAX_MAIL_BYTES ? "552 5.3.4 message too big" : `250 2.0.0 Ok: queued as ${keep(draft)}`;
      Object.assign(draft, blank());
      delete draft.lines;
      delete draft.from;
      return answer;
    }
    draft.bytes += line.length + 2;
    if (draft.bytes <= MAX_MAIL_BYTES) draft.lines.push(line.startsWith("..") ? line.slice(1) : line);
    return undefined;
  }

  function serve(socket: Socket): void {
    const draft = blank();
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.write("220 jarvis-lab ESMTP\r\n");
    socket.on("data", (chunk) => {
      const lines = `${rest}${chunk}`.split(/\r?\n/);
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE && !draft.lines) return void socket.end("500 5.5.2 line too long\r\n");
      if (rest.length > MAX_MAIL_BYTES) return void socket.destroy();
      for (const line of lines) {
        const answer = take(draft, line);
        if (answer) socket.write(`${answer}\r\n`);
        if (answer?.startsWith("221")) return void socket.end();
      }
    });
  }
  return { server: createServer(serve), since: (from) => mails.filter((mail) => mail.seq > from) };
}
