// What sources push to plugins, for the OpenAPI document: the paths of ingest.ts, which are no rows of the route table since their end is the plugin's. Pure.
import { MOST_BYTES } from "./ingest.ts";
import { INGEST } from "./routes.ts";

const parameter = (name: string, description: string) => ({ name, in: "path", required: true, description, schema: { type: "string" } });
const PLUGIN = parameter("plugin", "The plugin's id. Which of them take what is pushed, and in which form, is theirs to say");
const REST = parameter("rest", "What the plugin makes of it; may hold further slashes");
const PACKING = { name: "Content-Encoding", in: "header", required: false, schema: { type: "string", enum: ["identity", "gzip"] } };

const GUARDED = { "x-scope": "anonymous", security: [{ ingest: [] }] };

/** `failure`: the answer that carries an error, by its description. */
export const ingestPaths = (failure: (description: string) => unknown): Record<string, unknown> => {
  const refusals = {
    401: failure("Not the token that the plugin is configured with"),
    403: failure("Foreign Host or Origin"),
    404: failure("Nothing is taken here"),
    429: failure("Too many requests"),
    503: failure("Starting or stopping, or too much is being pushed at once"),
  };
  const operations = {
    get: { ...GUARDED, summary: "Whether anybody takes what would be pushed here", responses: { 200: { description: "Somebody does" }, ...refusals } },
    post: {
      ...GUARDED,
      summary: "Push figures to a plugin",
      parameters: [PACKING],
      requestBody: { required: true, content: { "text/plain": { schema: { type: "string" } }, "application/json": { schema: {} } } },
      responses: {
        200: { description: "Taken, when JSON came", content: { "application/json": { schema: { type: "object" } } } },
        204: { description: "Taken" },
        400: failure("Not UTF-8, no whole gzip, or not what the plugin understands"),
        413: failure(`Larger than ${MOST_BYTES / 1024 / 1024} MiB, as sent or unpacked`),
        ...refusals,
      },
    },
  };
  return { [`${INGEST}{plugin}`]: { parameters: [PLUGIN], ...operations }, [`${INGEST}{plugin}/{rest}`]: { parameters: [PLUGIN, REST], ...operations } };
};
