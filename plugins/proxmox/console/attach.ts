// Opens a console and passes bytes (proxmox.md 9): termproxy with the act token, then the WebSocket at the very node that answered, pinned as every other call. Nothing of what passes is kept or read.
import { type ConsoleAbout, type ConsoleLine, JarvisError, z } from "jarvis";
import { path, withQuery } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { looseText } from "../shapes/loose.ts";
import { noSerialWords, waitingWords } from "./serial.ts";
import { createGreeting, input, STILL_THERE, size, ticketLine } from "./words.ts";

/** The ticket is good for 40 s, and termproxy waits 10 s for its line. */
const OPEN_MS = 10_000;

const Opened = z.object({ user: z.string().min(1), ticket: z.string().min(1), port: z.coerce.number().int().min(1).max(65_535), upid: looseText });
const Noted = z.object({ node: z.string(), sort: z.enum(["qemu", "lxc", "node"]), status: z.string(), serial: z.string().optional(), waiting: z.string().optional() });

interface Shell {
  /** Below /nodes, without termproxy. */
  readonly base: string;
  readonly form: Readonly<Record<string, string>>;
  readonly words: string;
}

const Release = z.object({ version: looseText });

/** Why the line was closed before it said OK. Before 9 termproxy has its ticket checked as a login, and a token's full id is no user's name. */
const closedWords = async (ctx: Ctx, user: string): Promise<string> => {
  const closed = "Proxmox closed the console at once";
  const release = user.includes("!") ? await ctx.client.get(ctx, "/version", Release).catch(() => undefined) : undefined;
  if (Number.parseInt(release?.version ?? "", 10) < 9)
    return `${closed}: Proxmox VE ${release?.version} takes no API token there (${user}), only a user who signed in. Set plugins.proxmox.user and password in place of the tokens, or upgrade to 9.`;
  return `${closed}: its ticket was not taken, or the program behind it ended. Try again.`;
};

const refused = (message: string): JarvisError => new JarvisError("unavailable", { message, data: { definitive: true } });

/** Which shell is meant, or why there is none. Pure. */
export const shellOf = ({ resource, preflight }: Pick<ConsoleAbout, "resource" | "preflight">): Shell => {
  const { node, sort, status, serial, waiting } = Noted.parse(preflight.facts);
  const name = preflight.name ?? resource;
  if (sort === "node") {
    if (status !== "running") throw refused(`${name} is off or out of reach: no shell can be opened on it.`);
    return { base: path`/nodes/${node}`, form: {}, words: `Login of node ${name}` };
  }
  const vmid = Number(resource.slice("guest/".length));
  if (status !== "running") throw refused(`${name} is ${status}: start it first, then open its console.`);
  if (sort === "qemu" && serial === undefined) throw refused(waiting === undefined ? noSerialWords(name, vmid) : waitingWords(name, waiting));
  const what = sort === "qemu" ? `Serial console of VM ${vmid}` : `Console of CT ${vmid}`;
  return { base: path`/nodes/${node}/${sort}/${vmid}`, form: serial === undefined ? {} : { serial }, words: `${what} (${name}) on ${node}` };
};

/** The socket with its ticket accepted, and what the shell said with the OK. */
const open = async (ctx: Ctx, { base, form }: Shell): Promise<{ id: string; first: Uint8Array }> => {
  const { data, endpoint, headers } = await ctx.client.writeHere({ ...ctx, cause: "act" }, { method: "POST", path: `${base}/termproxy`, form, answer: Opened });
  const url = `${endpoint.origin}/api2/json${withQuery(`${base}/vncwebsocket`, { port: data.port, vncticket: data.ticket })}`;
  const answer = await ctx.socket(url, { headers: { ...headers }, protocol: "binary", timeoutMs: OPEN_MS, ...(endpoint.tls === undefined ? {} : { tls: endpoint.tls }) });
  if (answer.status !== 101)
    throw new JarvisError("upstream", {
      message: `${endpoint.origin} gave a console but would not connect it: ${answer.status} ${answer.statusText}.`,
      data: { definitive: true },
    });
  await ctx.send(answer.id, ticketLine(data.user, data.ticket));
  const greeting = createGreeting();
  for (;;) {
    const { done, bytes } = await ctx.next(answer.id);
    if (done || bytes === undefined) throw refused(await closedWords(ctx, data.user));
    const first = greeting(bytes);
    if (first !== undefined) return { id: answer.id, first };
  }
};

const down = async (ctx: Ctx, id: string, first: Uint8Array, line: ConsoleLine): Promise<void> => {
  await line.put(first);
  for (;;) {
    const { done, bytes } = await ctx.next(id);
    if (done || bytes === undefined) return;
    await line.put(bytes);
  }
};

const up = async (ctx: Ctx, id: string, line: ConsoleLine): Promise<never> => {
  for (;;) {
    const said = await line.take();
    if (said.kind === "input") await ctx.send(id, input(said.bytes));
    else await ctx.send(id, said.kind === "size" ? size(said.columns, said.rows) : STILL_THERE);
  }
};

export const attach = async (ctx: Ctx, about: ConsoleAbout, line: ConsoleLine): Promise<void> => {
  const shell = shellOf(about);
  const { id, first } = await open(ctx, shell);
  try {
    line.opened(`${shell.words}.`);
    await ctx.send(id, size(about.columns, about.rows));
    const typing = up(ctx, id, line);
    // A line that cannot be typed on any more has ended: what it still shows is read to the end.
    typing.catch(() => undefined);
    await down(ctx, id, first, line);
  } finally {
    await ctx.cancel(id);
  }
};
