// Every method of the Context that may be asked for by message: its arguments parsed, then the granted closure called.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { PermissionName } from "../contract/permission.ts";
import { IncidentsWanted, RecordDraft, RecordList, RecordSearch } from "../contract/record.ts";
import type { BareContext } from "./context.ts";

type Handler = (context: BareContext, given: unknown) => Promise<unknown>;

const text = z.string().max(8192);
const path = z.string().max(4096);
const tls = z.strictObject({ fingerprint: text.exactOptional(), ca: z.string().exactOptional(), cert: z.string().exactOptional(), key: z.string().exactOptional() });
const init = z
  .strictObject({
    method: z.string().max(20).exactOptional(),
    headers: z.record(z.string().max(200), z.string().max(65_536)).exactOptional(),
    body: z.string().exactOptional(),
    unix: path.exactOptional(),
    tls: tls.exactOptional(),
    timeoutMs: z.number().exactOptional(),
    maxBytes: z.number().exactOptional(),
  })
  .optional();
const socketInit = init
  .unwrap()
  .pick({ headers: true, tls: true, timeoutMs: true })
  .extend({ protocol: z.string().max(100).exactOptional() })
  .optional();
const ask = z.object({ name: PermissionName, value: z.string().max(300) });
const about = z.strictObject({ runbook: text.exactOptional(), hold: text.exactOptional() }).optional();
const options = z.strictObject({ timeoutMs: z.number().exactOptional(), stdin: z.string().exactOptional() }).optional();

const handler =
  <S extends z.ZodType>(schema: S, act: (context: BareContext, given: z.output<S>) => Promise<unknown>): Handler =>
  (context, given) => {
    const fits = schema.safeParse(given);
    if (fits.success) return act(context, fits.data);
    throw new JarvisError("bad_input", { message: `The arguments do not fit: ${fits.error.issues[0]?.message ?? ""}` });
  };

export const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["fetch", handler(z.tuple([text, init]), (context, [url, more]) => context.fetch(url, more))],
  ["open", handler(z.tuple([text, init]), (context, [url, more]) => context.open(url, more))],
  ["socket", handler(z.tuple([text, socketInit]), (context, [url, more]) => context.socket(url, more))],
  ["send", handler(z.tuple([text, z.instanceof(Uint8Array)]), (context, [id, bytes]) => context.send(id, bytes))],
  ["next", handler(z.tuple([text]), (context, [id]) => context.next(id))],
  ["cancel", handler(z.tuple([text]), (context, [id]) => context.cancel(id))],
  ["pause", handler(z.tuple([z.number()]), (context, [ms]) => context.pause(ms))],
  ["call", handler(z.tuple([text, z.unknown(), about]), (context, [tool, input, more]) => context.call(tool, input, more))],
  ["state", handler(z.tuple([text]), (context, [pattern]) => context.state(pattern))],
  ["history", handler(z.tuple([text, z.number().optional()]), (context, [pattern, minutes]) => context.history(pattern, minutes))],
  ["publish", handler(z.tuple([text, z.unknown()]), (context, [topic, data]) => context.publish(topic, data))],
  ["run", handler(z.tuple([z.tuple([path], path), options]), (context, [command, more]) => context.run(command, more))],
  ["read", handler(z.tuple([path]), (context, [file]) => context.read(file))],
  ["list", handler(z.tuple([path]), (context, [folder]) => context.list(folder))],
  ["write", handler(z.tuple([path, z.string()]), (context, [file, words]) => context.write(file, words))],
  ["kept", handler(z.tuple([]), (context) => context.kept())],
  ["keep", handler(z.tuple([z.unknown()]), (context, [value]) => context.keep(value))],
  ["records.put", handler(z.tuple([RecordDraft]), (context, [draft]) => context.records.put(draft))],
  ["records.get", handler(z.tuple([z.number()]), (context, [id]) => context.records.get(id))],
  ["records.list", handler(z.tuple([RecordList]), (context, [query]) => context.records.list(query))],
  ["records.search", handler(z.tuple([RecordSearch]), (context, [query]) => context.records.search(query))],
  ["records.remove", handler(z.tuple([z.number()]), (context, [id]) => context.records.remove(id))],
  ["incidents", handler(z.tuple([IncidentsWanted]), (context, [wanted]) => context.incidents(wanted))],
  ["query", handler(z.tuple([ask]), (context, [wish]) => context.permissions.query(wish))],
  ["request", handler(z.tuple([ask.extend({ why: z.string().max(300) })]), (context, [wish]) => context.permissions.request(wish))],
]);
