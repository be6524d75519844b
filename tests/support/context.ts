// A real Context for tests of plugins, without a core: grants, sockets, streams and deadlines are the host's own; what leaves towards the core is collected.
import { tmpdir } from "node:os";
import { z } from "zod";
import type { CallAnswer } from "../../core/contract/call.ts";
import type { Asker, Caller } from "../../core/contract/caller.ts";
import type { Context } from "../../core/contract/context.ts";
import { JarvisError } from "../../core/contract/error.ts";
import { type Permissions, Permissions as PermissionsSchema } from "../../core/contract/permission.ts";
import { createContext } from "../../core/host/context.ts";
import type { HostFaces, PluginCall } from "../../core/host/faces.ts";
import { createGrant, type Denials } from "../../core/host/grant.ts";
import { joined } from "../../core/host/message-context.ts";
import { type Clock, createClock } from "../../core/lib/clock.ts";

interface Options<C> {
  config: C;
  /** The plugin's id; default `test`. */
  plugin?: string;
  /** Default: every port of loopback, every socket and file in the temp folder, every tool and state. */
  grants?: "all loopback" | Permissions;
  denials?: Denials;
  /** What `memory:` stands for. */
  memory?: string;
  /** What `own:` stands for; default: the same. */
  own?: string;
  clock?: Clock;
  /** Every use crosses a MessageChannel, as for a plugin in a process of its own. Default: direct. */
  through?: "messages";
  /** Channels the plugin declares: topic -> schema. Default: none refused. */
  topics?: Record<string, z.ZodType>;
  state?: HostFaces["state"];
  history?: HostFaces["history"];
  call?: (request: PluginCall) => Promise<CallAnswer>;
  askPermission?: HostFaces["askPermission"];
  sessions?: HostFaces["sessions"];
  records?: HostFaces["records"];
  incidents?: HostFaces["incidents"];
}

const LOOPBACK: Permissions = {
  net: ["127.0.0.1", "localhost", "[::1]", `unix:${tmpdir()}`],
  read: [tmpdir()],
  write: [tmpdir()],
  tool: ["*"],
  state: ["**"],
};

const anyTopic = (): Record<string, z.ZodType> =>
  new Proxy({}, { getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: z.unknown() }), get: () => z.unknown() });

/** `bare` is for connect(); `withClient(client)` for everything else. Call `stop` at the end: it closes sockets and streams and aborts the signal. */
export const testContext = <C>(options: Options<C>) => {
  const { config, plugin = "test", grants = "all loopback", denials, clock = createClock() } = options;
  const published: { channel: string; data: unknown }[] = [];
  const calls: PluginCall[] = [];
  let document: unknown;
  const logs: { message: string; data?: Record<string, unknown> }[] = [];
  const permissions = grants === "all loopback" ? LOOPBACK : PermissionsSchema.parse(grants);
  const direct = createContext({
    id: plugin,
    config,
    grant: createGrant(permissions, config, denials, { memory: options.memory, own: options.own ?? options.memory }),
    topics: options.topics ?? anyTopic(),
    clock,
    faces: {
      publish: (channel, data) => void published.push({ channel, data }),
      state: options.state ?? (() => ({})),
      history: options.history ?? (() => ({})),
      call: async (request) => {
        calls.push(request);
        return options.call?.(request) ?? { callId: `call-${calls.length}`, state: "succeeded", text: "done" };
      },
      kept: {
        get: () => document,
        set: (_plugin, value) => {
          document = value;
        },
      },
      ...(options.records === undefined ? {} : { records: options.records }),
      ...(options.incidents === undefined ? {} : { incidents: options.incidents }),
      ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
      askPermission: options.askPermission ?? (async () => "prompt"),
      note: (_plugin, message, data) => void logs.push({ message, ...(data === undefined ? {} : { data }) }),
    },
  });
  const source = options.through === "messages" ? joined(direct) : direct;
  const bare: Omit<Context<C, undefined>, "client"> = { ...source.bare, config };
  const withClient = <K>(client: K, signal: AbortSignal = source.bare.signal): Context<C, K> => ({ ...bare, client, signal });
  /** Runs `act` as the host does: everything it begins ends when the signal aborts. */
  const within = <K, T>(
    call: { client: K; signal: AbortSignal; incident?: string; asker?: Asker; speaker?: Caller; looks?: boolean },
    act: (context: Context<C, K>) => T | Promise<T>,
  ): Promise<T> => source.within(call, (context) => act({ ...context, config, client: call.client }));
  return { bare, withClient, within, published, calls, logs, stop: () => source.close(new JarvisError("unavailable", { message: "The test is over." })) };
};
