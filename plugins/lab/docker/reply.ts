// Writes the engine's answers: its headers, JSON, its errors and its endless streams. It decides nothing.
import type { ServerResponse } from "node:http";
import { API_VERSION, ENGINE_VERSION } from "./answers/about.ts";

const HEADERS = { "Api-Version": API_VERSION, "Docker-Experimental": "false", Ostype: "linux", Server: `Docker/${ENGINE_VERSION} (linux)` };

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}

export const failure = (response: ServerResponse, status: number, message: string): void => json(response, status, { message });

export function empty(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS);
  response.end();
}

export function text(response: ServerResponse, body: string, more: Record<string, string> = {}): void {
  response.writeHead(200, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8", ...more });
  response.end(body);
}

/** Sends the head at once, as the engine does before the first event; `closed` runs when either side ends it. */
export function stream(response: ServerResponse, type: string, closed: () => void): { write(piece: string | Uint8Array): void; end(): void } {
  response.writeHead(200, { ...HEADERS, "Content-Type": type });
  response.flushHeaders();
  response.once("close", closed);
  return { write: (piece) => void response.write(piece), end: () => void response.end() };
}
