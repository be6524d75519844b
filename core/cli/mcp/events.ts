// The messages in an HTTP answer, one by one: a JSON body is one, an event stream has many. Refuses an event that grows without end.

const LONGEST_EVENT = 8 * 1024 * 1024;

const dataOf = (event: string): string =>
  event
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith("data:") ? [line.slice(5).replace(/^ /, "")] : []))
    .join("\n");

async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true });
    const parts = rest.split(/\r?\n\r?\n/);
    rest = parts.pop() ?? "";
    if (rest.length > LONGEST_EVENT) throw new Error(`an event is longer than ${LONGEST_EVENT} characters`);
    for (const part of parts) {
      const data = dataOf(part);
      if (data.trim() !== "") yield data;
    }
  }
}

export async function* messagesIn(answer: Response): AsyncGenerator<string> {
  if (answer.body === null) return;
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    yield* events(answer.body);
    return;
  }
  const text = await answer.text();
  if (text.trim() !== "") yield text;
}
