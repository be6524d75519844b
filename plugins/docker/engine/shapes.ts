// The parts of the Docker Engine API's answers that are used, read loosely: unknown fields pass, missing ones that matter are upstream_garbage. (Docker Engine API v1.24 and later; Podman's compatible one too.)
import { z } from "jarvis";

const words = z.string();
const orEmpty = <S extends z.ZodType>(schema: S) => schema.nullish();

export const Version = z.object({ Version: words, ApiVersion: words });
export type Version = z.output<typeof Version>;

/** GET /containers/json, one element. */
export const Summary = z.object({
  Id: words.min(12).max(128),
  Names: z.array(words).nullish(),
  Image: words.default(""),
  State: words,
  Status: words.default(""),
  Created: z.number().default(0),
  Labels: orEmpty(z.record(z.string(), words)),
  /** `container:ID` when it lives in another container's network. */
  HostConfig: orEmpty(z.object({ NetworkMode: words.nullish() })),
});
export type Summary = z.output<typeof Summary>;

const Check = z.object({ Start: words.default(""), End: words.default(""), ExitCode: z.number(), Output: words.default("") });

/** GET /containers/ID/json. Times are RFC 3339; 0001-01-01T00:00:00Z means never. */
export const Inspect = z.object({
  Id: words,
  Name: words,
  Created: words.default(""),
  Image: words.default(""),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: words,
    Running: z.boolean(),
    Paused: z.boolean().default(false),
    Restarting: z.boolean().default(false),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number(),
    Error: words.default(""),
    StartedAt: words.default(""),
    FinishedAt: words.default(""),
    Health: orEmpty(z.object({ Status: words, FailingStreak: z.number().default(0), Log: orEmpty(z.array(Check)) })),
  }),
  HostConfig: z
    .object({ AutoRemove: z.boolean().default(false), RestartPolicy: orEmpty(z.object({ Name: words.default(""), MaximumRetryCount: z.number().default(0) })) })
    .prefault({}),
  Config: z
    .object({
      Image: words.default(""),
      Tty: z.boolean().default(false),
      Env: orEmpty(z.array(words)),
      Labels: orEmpty(z.record(z.string(), words)),
      StopSignal: words.default(""),
      StopTimeout: orEmpty(z.number()),
      /** Nanoseconds. */
      Healthcheck: orEmpty(z.object({ Interval: z.number().default(0), StartPeriod: z.number().default(0) })),
    })
    .prefault({}),
});
export type Inspect = z.output<typeof Inspect>;

/** One line of GET /events. `status`, `id`, `from` are the old names and not used. */
export const EngineEvent = z.object({
  Type: words,
  Action: words,
  Actor: z.object({ ID: words, Attributes: orEmpty(z.record(z.string(), words)) }),
  time: z.number(),
});
export type EngineEvent = z.output<typeof EngineEvent>;

/** GET /containers/ID/stats?stream=false&one-shot=true: memory only, which needs no second sample. */
export const Stats = z.object({
  memory_stats: z.object({ usage: z.number().optional(), limit: z.number().optional(), stats: orEmpty(z.record(z.string(), z.unknown())) }).prefault({}),
  pids_stats: z.object({ current: z.number().optional() }).prefault({}),
});
