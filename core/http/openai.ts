// /v1: OpenAI's API, so that chat front ends of the house can talk to Jarvis. Here are its paths, its list and its words for errors; what is said is loaded with the first sentence.
import { httpStatus, JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { json } from "./answer.ts";
import { readBody } from "./body.ts";
import type { CoreFaces, Who } from "./faces.ts";
import { parseJson } from "./json.ts";
import { MODEL, openaiError } from "./openai-words.ts";

export const OPENAI = "/v1/";
const COMPLETIONS = "/v1/chat/completions";
const MODELS = "/v1/models";
/** 2026-01-01: a date that the protocol wants and that says nothing. */
const CREATED_S = 1_767_225_600;

export const failedOpenai = (thrown: unknown, status = httpStatus(thrown)): Response => {
  const seconds = thrown instanceof JarvisError ? thrown.details.data?.retryAfterSeconds : undefined;
  return json(openaiError(thrown), status, {
    ...(typeof seconds === "number" ? { "retry-after": String(seconds) } : {}),
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="jarvis"' } : {}),
  });
};

const ABOUT = { id: MODEL, object: "model", created: CREATED_S, owned_by: "jarvis" };

const wrongMethod = (path: string, method: string): Response => {
  const response = failedOpenai(new JarvisError("invalid_request", { message: `${path} takes ${method}.` }), 405);
  response.headers.set("allow", method);
  return response;
};

interface Options {
  readonly core: Pick<CoreFaces, "chat">;
  readonly clock: Clock;
  /** Where a person opens the dashboard. */
  readonly url: () => string;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
}

export const createOpenaiAnswers = ({ core, clock, url, log }: Options) => {
  let chat: Promise<(request: Request, body: unknown, who: Who) => Promise<Response>> | undefined;

  const answer = async (request: Request, path: string, who: Who): Promise<Response> => {
    if (path === MODELS || path.startsWith(`${MODELS}/`)) {
      if (request.method !== "GET" && request.method !== "HEAD") return wrongMethod(path, "GET");
      if (path === MODELS) return json({ object: "list", data: [ABOUT] });
      if (path === `${MODELS}/${MODEL}`) return json(ABOUT);
      throw new JarvisError("not_found", { message: `There is no model of that name here; the one there is is called ${MODEL}.` });
    }
    if (path !== COMPLETIONS) throw new JarvisError("not_found", { message: `Of OpenAI's API there are ${MODELS} and ${COMPLETIONS} here.` });
    if (request.method !== "POST") return wrongMethod(path, "POST");
    const body = parseJson(await readBody(request));
    chat ??= import("./openai-chat.ts").then(({ createOpenaiChat }) => createOpenaiChat({ core, clock, url }));
    return (await chat)(request, body, who);
  };

  return async (request: Request, path: string, who: Who): Promise<Response> => {
    try {
      return await answer(request, path, who);
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) log("a /v1 request failed inside", { error: String(thrown) });
      return failedOpenai(thrown);
    }
  };
};
