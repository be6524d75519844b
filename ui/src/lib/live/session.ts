// The dashboard's session: a cookie the browser keeps and a key kept here. Refuses nothing; says what the server refused.
import { WireError } from "./wire-error.ts";

const KEY = "jarvis.key";

export interface KeyPlace {
  read(): string | undefined;
  write(key: string | undefined): void;
}

export const browserKeyPlace: KeyPlace = {
  read: () => localStorage.getItem(KEY) ?? undefined,
  write: (key) => (key === undefined ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, key)),
};

interface SessionBody {
  key?: string;
  error?: { message?: string; data?: { type?: string } };
  message?: string;
}

/** Opens a session, or proves an open one anew. Throws WireError `unauthorised` when a code is wanted. */
export const signIn = async (place: KeyPlace, code?: string): Promise<string> => {
  const key = place.read();
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-jarvis-key": key }) },
    body: JSON.stringify(code === undefined ? {} : { code }),
  });
  const body = (await answer.json().catch(() => ({}))) as SessionBody;
  if (answer.ok && body.key !== undefined) {
    place.write(body.key);
    return body.key;
  }
  const words = body.error?.message ?? body.message ?? `The server answered ${answer.status}.`;
  throw new WireError(body.error?.data?.type ?? (answer.status === 401 ? "unauthorised" : "upstream"), words);
};
