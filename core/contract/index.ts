// The one barrel: what plugins import as "jarvis".
export { z } from "zod";
export { type Caller, CallerKind, Scope } from "./caller.ts";
export { Cause, Evidence } from "./cause.ts";
export type { Console, ConsoleAbout, ConsoleLine, FromPerson } from "./console.ts";
export type { Context, FetchAnswer, FetchInit, OpenedStream, Series, SocketInit, StreamPiece } from "./context.ts";
export { ERRORS, type ErrorType, errorBody, JarvisError } from "./error.ts";
export { Incident } from "./incident.ts";
export type { Metric } from "./metric.ts";
export type { Duration, Monitor } from "./monitor.ts";
export { matches } from "./pattern.ts";
export type { Permissions } from "./permission.ts";
export { definePlugin, type Plugin } from "./plugin.ts";
export type { Reading } from "./reading.ts";
export type { Remedy } from "./remedy.ts";
export { Alert, Resource, ResourceId, Status } from "./resource.ts";
export { ToolResult } from "./result.ts";
export { Effect, Preflight, Progress, type Sent, type Tool, Trace, Verdict } from "./tool.ts";
export { Widget } from "./widget.ts";
