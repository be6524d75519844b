// One WebSocket kept alive: hello, auth, calls with deadlines, silence noticed, back-off. Queues nothing: what cannot be sent now is refused.
import type { Caller, Scope } from "$contract/caller.ts";
import type { CLOSE } from "$contract/wire.ts";
import { backoffMs } from "./backoff.ts";
import { type Answer, createRequests } from "./requests.ts";
import type { Time } from "./time.ts";
import { isWireError, WireError, wordsOf } from "./wire-error.ts";

/** A socket as the link uses it; whoever makes one tells its messages and its end. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  message(text: string): void;
  closed(code: number, reason: string): void;
}

export interface Auth {
  scope: Scope;
  caller: Caller;
}

export type LinkState = { at: "connecting" } | { at: "live"; auth: Auth } | { at: "lost"; since: number; words: string; nextTry: number } | { at: "login"; words: string };

interface Options {
  open: (events: SocketEvents) => Socket;
  time: Time;
  /** The session's key; `fresh`: the old one was refused. Throws WireError unauthorised when a person must type a code. */
  credential: (fresh: boolean) => Promise<string>;
  onState: (state: LinkState) => void;
  onNotice: (method: string, params: unknown) => void;
  onLatency?: (ms: number) => void;
  /** The server's clock minus ours, from its hello. */
  onClock?: (offsetMs: number) => void;
}

interface Message extends Partial<Answer> {
  method?: string;
  params?: unknown;
}

type CloseCodes = typeof CLOSE;
const CREDENTIAL: CloseCodes["credential"] = 4401;
const SLOW: CloseCodes["slow"] = 4408;
const RESTARTING: CloseCodes["restarting"] = 4503;
const CALL_MS = 20_000;
const HELLO_MS = 8000;
const SILENCE_MS = 5000;
const PING_MS = 4000;
const REFUSED_WAIT_MS = 5000;

export const createLink = ({ open, time, credential, onState, onNotice, onLatency, onClock }: Options) => {
  const requests = createRequests(time);
  let socket: Socket | undefined;
  let state: LinkState = { at: "connecting" };
  let tries = 0;
  let lostSince: number | undefined;
  let cancelTimer = (): void => undefined;
  let stopped = false;

  const become = (next: LinkState): void => {
    state = next;
    onState(next);
  };
  const timer = (ms: number, act: () => void): void => {
    cancelTimer();
    cancelTimer = time.after(ms, act);
  };
  const send = (text: string): void => socket?.send(text);

  const drop = (words: string, wait?: number): void => {
    const old = socket;
    socket = undefined;
    old?.close();
    requests.abandon("The connection was lost before the answer came: it may or may not have happened.");
    if (stopped) return;
    lostSince ??= time.now();
    const inMs = wait ?? backoffMs(tries, time.random());
    tries += 1;
    become({ at: "lost", since: lostSince, words, nextTry: time.now() + inMs });
    timer(inMs, () => void connect(false));
  };

  /** Nothing heard for a while: ask the time; no answer means the line is dead. */
  const listenForSilence = (): void => timer(SILENCE_MS, () => void ping());
  const ping = async (): Promise<void> => {
    const asked = socket;
    const began = time.now();
    try {
      await requests.ask(send, "time.sync", {}, PING_MS);
      onLatency?.(time.now() - began);
      if (asked === socket && state.at === "live") listenForSilence();
    } catch (thrown) {
      if (asked === socket && isWireError(thrown, "deadline")) drop("No answer any more.");
    }
  };

  /** The key was judged and refused: asked for anew once, then waited with. */
  const refused = (words: string, fresh: boolean): void => {
    if (fresh) {
      drop(words, REFUSED_WAIT_MS);
      return;
    }
    const old = socket;
    socket = undefined;
    old?.close();
    requests.abandon("The session ended.");
    void connect(true);
  };
  const enter = async (key: string, fresh: boolean, current: Socket): Promise<void> => {
    try {
      const began = time.now();
      const auth = (await requests.ask(send, "auth", { key, protocol: 1 }, HELLO_MS)) as Auth;
      if (current !== socket) return;
      onLatency?.(time.now() - began);
      tries = 0;
      lostSince = undefined;
      listenForSilence();
      become({ at: "live", auth });
    } catch (thrown) {
      if (current !== socket || isWireError(thrown, "disconnected")) return;
      if (isWireError(thrown, "unauthorised")) refused(wordsOf(thrown), fresh);
      else drop(wordsOf(thrown));
    }
  };

  const heard = (text: string, key: string, fresh: boolean, current: Socket): void => {
    const message = JSON.parse(text) as Message;
    if (state.at === "live" && requests.waiting === 0) listenForSilence();
    if (message.method === undefined) requests.settle({ id: message.id ?? null, ...message });
    else if (message.method === "hello") {
      onClock?.(Date.parse((message.params as { time: string }).time) - time.now());
      void enter(key, fresh, current);
    } else onNotice(message.method, message.params);
  };
  /** Before the key was judged a closed line only says that it came too late (older cores say 4401), so the key is kept. The reason of a slow reader is for programs. */
  const ended = (code: number, reason: string, fresh: boolean): void => {
    if (code === CREDENTIAL && state.at === "live") refused(reason || "The session ended.", fresh);
    else if (code === SLOW && state.at === "live") drop("This page read too slowly.");
    else if (code === CREDENTIAL || code === SLOW) drop("This page was too slow to show its key.");
    else drop(code === RESTARTING ? "Jarvis restarts." : reason || "Jarvis does not answer.");
  };

  const connect = async (fresh: boolean): Promise<void> => {
    cancelTimer();
    if (stopped) return;
    if (state.at !== "lost") become({ at: "connecting" });
    let key: string;
    try {
      key = await credential(fresh);
    } catch (thrown) {
      if (isWireError(thrown, "unauthorised")) return become({ at: "login", words: wordsOf(thrown) });
      return drop("The server cannot be reached.");
    }
    if (stopped) return;
    socket?.close();
    const current: Socket = open({
      message: (text) => {
        if (current === socket) heard(text, key, fresh, current);
      },
      closed: (code, reason) => {
        if (current === socket) ended(code, reason, fresh);
      },
    });
    socket = current;
    timer(HELLO_MS, () => drop("The server does not greet."));
  };

  return {
    start: (): void => void connect(false),
    /** Signed in, or a person is tired of waiting. */
    retry(): void {
      if (state.at === "live") return;
      tries = 0;
      void connect(false);
    },
    call(method: string, params: unknown, deadlineMs = CALL_MS): Promise<unknown> {
      if (state.at !== "live") return Promise.reject(new WireError("unavailable", "Not connected: nothing was sent."));
      return requests.ask(send, method, params, deadlineMs);
    },
    stop(): void {
      stopped = true;
      cancelTimer();
      const old = socket;
      socket = undefined;
      old?.close();
      requests.abandon("This page closed.");
    },
    get state(): LinkState {
      return state;
    },
  };
};
