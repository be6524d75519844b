// Calls that outlast their request, as tasks of the extension io.modelcontextprotocol/tasks: the call's own id is the task's. A task is shown to who made the call, and to nobody else; leaving it takes nothing back.
import type { CallToolResult } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { CallAnswer } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import type { McpFaces, Visitor } from "./faces.ts";
import { resultOf, standing } from "./outcome.ts";

const POLL_MS = 2000;
/** As long as the journal answers for it by its key. */
const TTL_MS = 86_400_000;

export const TaskParams = z.object({ taskId: z.string().min(1).max(200) });

/** `working` also while a person's word is awaited: a client can do nothing about it. */
const STATUS = { succeeded: "completed", failed: "completed", refused: "completed", unknown: "completed", held: "working", running: "working" } as const;

export interface Tasks {
  readonly begun: (tool: string, answer: CallAnswer) => CallToolResult;
  readonly get: (taskId: string) => Record<string, unknown>;
  /** Acknowledged; what was sent goes on, and what waits for a person ends by itself when nobody decides. */
  readonly leave: (taskId: string) => Record<string, never>;
}

export const createTasks = (faces: McpFaces, visitor: Visitor): Tasks => {
  const known = (taskId: string) => {
    const found = faces.answer(taskId);
    const isOurs = found?.caller.kind === visitor.caller.kind && found.caller.id === visitor.caller.id;
    if (found === undefined || !isOurs) throw new JarvisError("bad_input", { message: "There is no such task.", path: "taskId" });
    return found;
  };

  const told = (tool: string, answer: CallAnswer, createdAt: string) => ({
    taskId: answer.callId,
    status: STATUS[answer.state],
    statusMessage: standing(tool, answer),
    createdAt,
    lastUpdatedAt: faces.clock.iso(),
    ttlMs: TTL_MS,
    pollIntervalMs: POLL_MS,
  });

  return {
    begun: (tool, answer) => ({ resultType: "task", ...told(tool, answer, faces.answer(answer.callId)?.createdAt ?? faces.clock.iso()), content: [] }),
    get: (taskId) => {
      const { answer, createdAt, tool } = known(taskId);
      const task = told(tool, answer, createdAt);
      return task.status === "completed" ? { ...task, result: resultOf(tool, answer) } : task;
    },
    leave: (taskId) => {
      known(taskId);
      return {};
    },
  };
};
