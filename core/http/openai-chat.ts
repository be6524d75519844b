// POST /v1/chat/completions: what a person says goes to the chat in the name of the credential it came with; its answer comes back whole or as a stream. Refuses more at once than its bound.
import type { Ask } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import type { ChatDone } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { json } from "./answer.ts";
import type { CoreFaces, Emit, Talk, Who } from "./faces.ts";
import { errandAnswer } from "./openai-errand.ts";
import { checkLength, readChatRequest, type Said } from "./openai-request.ts";
import { createThreads } from "./openai-thread.ts";
import { MODEL, openaiError } from "./openai-words.ts";

const MOST_AT_ONCE = 16;
/** On the wall: proxies close what is silent for a minute. */
const BEAT_MS = 15_000;
const CHAT_ID = "x-openwebui-chat-id";

interface Options {
  core: Pick<CoreFaces, "chat">;
  clock: Clock;
  url: () => string;
}

type Hear = (event: { delta: string } | { ask: Ask }) => void;

interface Answered {
  text: string;
  usage: Record<string, unknown>;
}

const usageOf = ({ tokens }: Pick<ChatDone, "tokens">): Record<string, unknown> => ({
  prompt_tokens: tokens.input,
  completion_tokens: tokens.output,
  total_tokens: tokens.input + tokens.output,
  prompt_tokens_details: { cached_tokens: tokens.cached },
});

const NOTHING_USED = usageOf({ tokens: { input: 0, output: 0, cached: 0 } });

const whole = (id: string, created: number, { text, usage }: Answered): unknown => ({
  id,
  object: "chat.completion",
  created,
  model: MODEL,
  choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  usage,
});

const chunk = (id: string, created: number, delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model: MODEL, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export const createOpenaiChat = ({ core, clock, url }: Options) => {
  const threads = createThreads();
  let open = 0;

  const asksSaid = (text: string, asks: readonly Ask[]): string =>
    asks
      .filter(({ id }) => !text.includes(id))
      .map((ask) => `\n\n${ask.tool}${ask.target === null ? "" : ` on ${ask.target}`} waits for an approval (${ask.id}), at ${url()}.`)
      .join("");

  /** Begins at once; whatever is said is told to `hear`. */
  const begin = (said: Said, who: Who, own: string | null, hear: Hear): { talk: Talk; answered: Promise<Answered> } => {
    const by = `${who.caller.kind} ${who.caller.id}`;
    const asks: Ask[] = [];
    const emit: Emit = (_, event) => {
      if ("ask" in event) asks.push(event.ask);
      else if ("text" in event && !("route" in event) && !("callId" in event)) hear({ delta: event.text ?? "" });
    };
    open += 1;
    let talk: Talk;
    try {
      talk = core.chat({ conversation: threads.find(by, said.before, own), text: said.text }, who, emit);
    } catch (thrown) {
      open -= 1;
      throw thrown;
    }
    const answered = talk.done
      .then((done) => {
        const text = `${done.text}${asksSaid(done.text, asks)}`;
        threads.keep(by, [...said.before, { role: "user", text: said.text }, { role: "assistant", text: text.trim() }], done.conversation);
        return { text, usage: usageOf(done) };
      })
      .finally(() => {
        open -= 1;
      });
    return { talk, answered };
  };

  const streamed = (said: Said, who: Who, own: string | null): Response => {
    const encoder = new TextEncoder();
    const created = Math.floor(clock.now() / 1000);
    let stop = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        let [sent, isOver] = ["", false];
        const write = (text: string): void => {
          if (!isOver) controller.enqueue(encoder.encode(text));
        };
        const { talk, answered } = begin(said, who, own, (event) => {
          if (!("delta" in event)) return;
          sent += event.delta;
          write(chunk(id, created, { content: event.delta }));
        });
        const id = `chatcmpl-${talk.message}`;
        write(chunk(id, created, { role: "assistant", content: "" }));
        let quiet = (): void => undefined;
        const beat = (): void => {
          quiet = clock.after(BEAT_MS * clock.rate, () => {
            write(": still at it\n\n");
            beat();
          });
        };
        beat();
        stop = () => {
          isOver = true;
          quiet();
          talk.stop();
        };
        const finish = ({ text, usage }: Answered): void => {
          // What was said on the way may have been taken back since: then the whole of it is said.
          const rest = text.startsWith(sent) ? text.slice(sent.length) : `\n\n${text}`;
          if (rest !== "") write(chunk(id, created, { content: rest }));
          write(chunk(id, created, {}, "stop"));
          if (said.wantsUsage) write(`data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model: MODEL, choices: [], usage })}\n\n`);
          write("data: [DONE]\n\n");
        };
        answered
          .then(finish, (thrown) => write(`data: ${JSON.stringify(openaiError(thrown))}\n\n`))
          .finally(() => {
            quiet();
            if (!isOver) controller.close();
            isOver = true;
          });
      },
      cancel: () => stop(),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" } });
  };

  const errand = (said: Said, text: string): Response => {
    const [id, created] = [`chatcmpl-${crypto.randomUUID()}`, Math.floor(clock.now() / 1000)];
    if (!said.isStream) return json(whole(id, created, { text, usage: NOTHING_USED }));
    return new Response(`${chunk(id, created, { role: "assistant", content: text })}${chunk(id, created, {}, "stop")}data: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    });
  };

  return async (request: Request, body: unknown, who: Who): Promise<Response> => {
    const said = readChatRequest(body);
    const own = errandAnswer(said);
    if (own !== undefined) return errand(said, own);
    checkLength(said.text);
    if (open >= MOST_AT_ONCE) throw new JarvisError("unavailable", { message: `${MOST_AT_ONCE} answers are being written already; try again.`, data: { retryAfterSeconds: 2 } });
    const chat = request.headers.get(CHAT_ID);
    if (said.isStream) return streamed(said, who, chat);
    const created = Math.floor(clock.now() / 1000);
    const { talk, answered } = begin(said, who, chat, () => undefined);
    request.signal.addEventListener("abort", talk.stop, { once: true });
    return json(whole(`chatcmpl-${talk.message}`, created, await answered));
  };
};
