// What Anthropic's Messages API sends, byte for byte. For tests only.
export const event = (type: string, data: Record<string, unknown> = {}, end = "\n"): string => `event: ${type}${end}data: ${JSON.stringify({ type, ...data })}${end}${end}`;

export const begin = (usage: Record<string, unknown> = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 90, cache_creation_input_tokens: 0 }, end = "\n"): string =>
  event(
    "message_start",
    { message: { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-5-5", content: [], stop_reason: null, stop_sequence: null, usage } },
    end,
  );

export const words = (text: string, index = 0, end = "\n"): string =>
  [
    event("content_block_start", { index, content_block: { type: "text", text: "" } }, end),
    ...[...text].map((letter) => event("content_block_delta", { index, delta: { type: "text_delta", text: letter } }, end)),
    event("content_block_stop", { index }, end),
  ].join("");

export const call = (pieces: readonly string[], index = 1, name = "house_lights"): string =>
  [
    event("content_block_start", { index, content_block: { type: "tool_use", id: "toolu_1", name, input: {} } }),
    ...pieces.map((partial_json) => event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } })),
    event("content_block_stop", { index }),
  ].join("");

export const finish = (stop_reason = "end_turn", output_tokens = 7, end = "\n"): string =>
  event("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens } }, end) + event("message_stop", {}, end);

export const PING = event("ping");
export const refusal = (type: string, message: string): string => JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });
