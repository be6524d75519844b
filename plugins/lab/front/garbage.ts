// Answers no Proxmox gives but broken middle boxes and dying daemons do: what the fault api-garbage sends instead of the truth.
import type { ServerResponse } from "node:http";
import { randomOf } from "../random.ts";

export const FORMS = ["html", "nulls", "half", "truncated", "empty", "words"] as const;
export type Form = (typeof FORMS)[number];
export const isForm = (word: string): word is Form => FORMS.some((form) => form === word);

const PAGE = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n";

function half(data: unknown): unknown {
  if (Array.isArray(data)) return data.slice(0, Math.floor(data.length / 2));
  if (data === null || typeof data !== "object") return null;
  return Object.fromEntries(Object.entries(data).filter((_, index) => index % 2 === 0));
}

function nulls(data: unknown): unknown {
  if (Array.isArray(data)) return data.map((entry) => (typeof entry === "object" ? nulls(entry) : null));
  if (data === null || typeof data !== "object") return null;
  return Object.fromEntries(Object.keys(data).map((key) => [key, null]));
}

/** `any` picks another form for each answer. */
export function replyGarbage(response: ServerResponse, { form, seed, turn, data }: { form: string; seed: number; turn: number; data: unknown }): void {
  const chosen = isForm(form) ? form : randomOf(seed, `garbage/${turn}`).pick(FORMS);
  response.statusCode = 200;
  response.setHeader("Connection", "close");
  response.setHeader("Content-Type", chosen === "html" ? "text/html" : "application/json;charset=UTF-8");
  const whole = JSON.stringify({ data });
  const bodies: Readonly<Record<Form, string>> = {
    html: PAGE,
    nulls: JSON.stringify({ data: nulls(data) }),
    half: JSON.stringify({ data: half(data) }),
    truncated: whole.slice(0, Math.max(1, Math.floor(whole.length * 0.6))),
    empty: "",
    words: JSON.stringify({ data: "unexpected" }),
  };
  response.end(bodies[chosen]);
}
