// Commands run inside containers: made, started with their output in the engine's stream, and asked for their exit code. A few scripted programs stand for all; it refuses containers that do not run.
import type { Duplex } from "node:stream";
import { z } from "zod";
import { frame } from "./answers/logs.ts";
import { type Ask, type Engine, wordsOf } from "./ask.ts";
import { type Box, isUp } from "./box.ts";
import { Failure } from "./failure.ts";
import { find } from "./find.ts";
import { empty, json, stream } from "./reply.ts";
import type { Exec } from "./stock.ts";

const MAX_EXECS = 1_000;
const NOT_FOUND = 127;
const Wanted = z.object({ Cmd: z.array(z.string()).nullish(), Tty: z.boolean().default(false), Env: z.array(z.string()).nullish() });
const Start = z.object({ Detach: z.boolean().default(false) });

export function create(ask: Ask): void {
  const {
    engine,
    response,
    held: [word = ""],
  } = ask;
  const box = find(engine.boxes, word);
  const { Cmd, Tty, Env } = wordsOf(ask, Wanted);
  if (!Cmd || Cmd.length === 0) throw new Failure(400, "No exec command specified");
  if (!isUp(box)) throw new Failure(409, `container ${box.id} is not running`);
  if (box.paused) throw new Failure(409, `container ${box.made.name} is paused, unpause the container before exec`);
  const exec: Exec = { id: engine.random.hex(64), box, command: Cmd, tty: Tty, env: Env ?? [], running: false, exitCode: null, pid: 0 };
  const { execs } = engine.stock;
  execs.set(exec.id, exec);
  for (const id of execs.keys()) if (execs.size > MAX_EXECS) execs.delete(id);
  engine.events.add(box, `exec_create: ${Cmd.join(" ")}`, { execID: exec.id });
  json(response, 201, { Id: exec.id });
}

export function execAt({ stock }: Pick<Engine, "stock">, word: string): Exec {
  const exec = stock.execs.get(word);
  if (!exec) throw new Failure(404, `No such exec instance: ${word}`);
  return exec;
}

interface Ran {
  out: string;
  err?: string;
  code: number;
}

function program([name = "", ...args]: readonly string[], box: Box, env: readonly string[]): Ran {
  const words = (out: string, code = 0): Ran => ({ out: out === "" ? "" : `${out}\n`, code });
  switch (name.replace(/^.*\//, "")) {
    case "echo":
      return words(args.join(" "));
    case "true":
    case ":":
      return words("");
    case "false":
      return words("", 1);
    case "exit":
      return words("", Number(args[0] ?? 0) % 256);
    case "hostname":
      return words(box.id.slice(0, 12));
    case "id":
      return words("uid=0(root) gid=0(root) groups=0(root)");
    case "pwd":
      return words("/");
    case "env":
      return words(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", `HOSTNAME=${box.id.slice(0, 12)}`, ...(box.made.env ?? []), ...env].join("\n"));
    case "ps":
      return words(`PID   USER     TIME  COMMAND\n    1 root      0:07 ${box.made.command.join(" ")}\n   42 root      0:00 ps`);
    case "cat":
      if (args[0] === "/etc/hostname") return words(box.id.slice(0, 12));
      return { out: "", err: `cat: can't open '${args[0] ?? ""}': No such file or directory\n`, code: 1 };
    default:
      return { out: "", err: `sh: ${name}: not found\n`, code: NOT_FOUND };
  }
}

/** One line of a shell: commands behind `;` and `&&`, words by spaces, quotes taken off. */
function shell(line: string, box: Box, env: readonly string[]): Ran {
  const all: Ran = { out: "", err: "", code: 0 };
  for (const [, before = "", part = ""] of line.matchAll(/(&&|;|^)((?:>&|[^;&])+)/g)) {
    if (before === "&&" && all.code !== 0) continue;
    const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? "");
    if (words.length === 0) continue;
    const aside = words.findIndex((word) => /^1?>&2$/.test(word));
    const ran = program(
      words.filter((_, at) => at !== aside),
      box,
      env,
    );
    all.out += aside < 0 ? ran.out : "";
    all.err += `${ran.err ?? ""}${aside < 0 ? "" : ran.out}`;
    all.code = ran.code;
    if (words[0] === "exit") break;
  }
  return all;
}

function run(engine: Engine, exec: Exec): Ran {
  const { box, command, env } = exec;
  if (exec.exitCode !== null) throw new Failure(409, `Error: Exec command ${exec.id} has already run`);
  if (!isUp(box)) throw new Failure(409, `container ${box.id} is not running`);
  engine.events.add(box, `exec_start: ${command.join(" ")}`, { execID: exec.id });
  engine.note(box, "POST", `/containers/${box.made.name}/exec`);
  const [first = "", second = "", line = ""] = command;
  const ran = /(^|\/)(ba|da|a)?sh$/.test(first) && /^-\w*c$/.test(second) ? shell(line, box, env) : program(command, box, env);
  exec.pid = engine.random.whole(30_000, 60_000);
  exec.exitCode = ran.code;
  engine.events.add(box, "exec_die", { execID: exec.id, exitCode: String(ran.code) });
  return ran;
}

function pieces({ tty }: Exec, { out, err = "" }: Ran): (string | Uint8Array)[] {
  if (tty) return [`${out}${err}`.replaceAll("\n", "\r\n")];
  const lines = (text: string, stream: 1 | 2) => (text === "" ? [] : [frame({ atMs: 0, stream, text: text.replace(/\n$/, "") }, false)]);
  return [...lines(out, 1), ...lines(err, 2)];
}

const typeOf = ({ tty }: Exec): string => (tty ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream");

export function start(ask: Ask) {
  const exec = execAt(ask.engine, ask.held[0] ?? "");
  const { Detach } = wordsOf(ask, Start);
  const ran = run(ask.engine, exec);
  if (Detach) return empty(ask.response, 200);
  const out = stream(ask.response, typeOf(exec), () => undefined);
  for (const piece of pieces(exec, ran)) out.write(piece);
  out.end();
}

/** The same over the bare connection, for clients that ask for it with `Upgrade: tcp`. */
export function startUpgraded(engine: Engine, id: string, socket: Duplex): void {
  const exec = execAt(engine, id);
  const ran = run(engine, exec);
  socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${typeOf(exec)}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  for (const piece of pieces(exec, ran)) socket.write(piece);
  socket.end();
}

export const aboutExec = (exec: Exec): Record<string, unknown> => ({
  ID: exec.id,
  Running: exec.running,
  ExitCode: exec.exitCode,
  ProcessConfig: { tty: exec.tty, entrypoint: exec.command[0] ?? "", arguments: exec.command.slice(1), privileged: false },
  OpenStdin: false,
  OpenStderr: true,
  OpenStdout: true,
  CanRemove: exec.exitCode !== null,
  ContainerID: exec.box.id,
  DetachKeys: "",
  Pid: exec.pid,
});
