// The schema of jarvis.yaml. Unknown keys are refused; a plugin's own section is checked by the plugin's schema when it loads.
import { z } from "zod";
import { PersonaName } from "../contract/persona.ts";
import { RuleBody } from "../contract/rule.ts";
import { Autonomy } from "../contract/wire.ts";

const dailyTokens = z.number().int().nonnegative().optional().describe("how many tokens it may take a day (UTC), such as 500000; without it as many as are asked for");
const Model = z.strictObject({
  baseUrl: z.url("expected an address such as http://192.168.1.50:8080/v1").describe("the model server's OpenAI-compatible address, such as http://192.168.1.50:8080/v1"),
  model: z.string().min(1).describe("the model's name there"),
  contextTokens: z.number().int().min(512).max(10_000_000).optional().describe("how many tokens it holds, such as 4096; without it what the server says, or 4096"),
  apiKey: z.string().min(1).optional().meta({ secret: true }),
  dailyLimitTokens: dailyTokens,
});
const Cloud = z.strictObject({
  provider: z.enum(["anthropic", "openai"]).default("anthropic"),
  model: z.string().min(1).describe("the model's name, such as claude-sonnet-5-5"),
  apiKey: z.string().min(1).describe('the key, best from its file: "${file:/run/secrets/anthropic}"').meta({ secret: true }),
  baseUrl: z.url("expected an address such as https://api.example.org/v1").optional(),
  dailyLimitUsd: z.number().nonnegative().default(2).describe("how much money it may cost a day (UTC), such as 2"),
  dailyLimitTokens: dailyTokens,
  priceUsd: z
    .strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })
    .optional()
    .describe("what a million tokens cost, such as { input: 2, output: 10 }; without it the price Jarvis knows, or for a model it does not know the dearest it knows"),
});
/** `stays`: what is never sent to the cloud. */
const Models = z
  .strictObject({
    local: Model.optional(),
    cloud: Cloud.optional(),
    stays: z
      .array(z.enum(["logs", "notes", "names", "figures", "memory"]))
      .max(5)
      .default([])
      .describe("what never leaves the house, such as [logs]: of logs, notes, names, figures, memory"),
  })
  .prefault({});

const pem = (name: string) => z.string().includes("-----BEGIN ", { error: `expected PEM text; take it from its file: "\${file:/etc/jarvis/${name}.pem}"` });

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

const MOST_DEPENDS = 200;
const MOST_NEEDS = 20;

const dependId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]*\/\S+$/, "expected a resource id: kind/name, such as guest/105, storage/shared/nas or container/mgmt/db")
  .toLowerCase();

/** What needs what, as the operator knows it and no source tells. */
const Depends = z
  .record(dependId, z.array(dependId).min(1, "expected at least one resource id, such as [storage/shared/nas]").max(MOST_NEEDS))
  .superRefine((depends, context) => {
    if (Object.keys(depends).length > MOST_DEPENDS) context.addIssue({ code: "custom", message: `expected at most ${MOST_DEPENDS} entries` });
    for (const [id, needs] of Object.entries(depends))
      if (needs.includes(id)) context.addIssue({ code: "custom", path: [id, needs.indexOf(id)], message: `${id} cannot need itself` });
  })
  .default({})
  .describe("what cannot run without what, such as { guest/105: [storage/shared/nas] }");

export const Config = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).optional(),
      port: z.number().int().min(0).max(65_535).optional(),
      names: z
        .array(z.string().min(4, "expected a host name of at least 4 letters, such as jarvis.lan"))
        .default([])
        .describe("host names a browser may use for Jarvis, such as [jarvis.lan]"),
      trustProxy: z.array(z.string()).default([]),
      tls: z.strictObject({ cert: pem("fullchain"), key: pem("privkey") }).optional(),
      open: z.boolean().default(false).describe("true or false: no login; loopback only"),
    })
    .prefault({}),
  autonomy: Autonomy.default("act"),
  self: z
    .union([z.literal("auto"), z.literal("outside"), z.string().regex(/^(guest|node|container)\/.+$/)])
    .default("auto")
    .describe("auto, outside, or what Jarvis itself runs in: guest/ID, node/NAME or container/HOST/NAME, such as guest/105"),
  protect: z
    .array(
      z
        .string()
        .regex(/^[a-z]+\/.+$/, "expected a resource id: kind/name, such as guest/100, node/home or storage/shared/nas")
        .toLowerCase(),
    )
    .default([])
    .describe("a list of resource ids Jarvis must never disturb, such as [guest/100, node/home]"),
  depends: Depends,
  models: Models,
  rules: z.array(RuleBody).max(100).default([]),
  persona: PersonaName.default("jarvis").describe(
    "whose voice answers: a file of personas/ without its ending, such as jarvis; another chosen in the chat by /persona NAME stays chosen",
  ),
  timeZone: z
    .string()
    .refine(isTimeZone, "expected a time zone's name such as Europe/Berlin")
    .optional()
    .describe("where the hours of rules and the days of reports are counted, such as Europe/Berlin; without it the machine's own"),
  reports: z
    .strictObject({
      at: z
        .string()
        .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 07:00")
        .default("07:00")
        .describe("when the report of a day is written and the next day begins, such as 07:00; that of a week on Mondays"),
    })
    .prefault({}),
  plugins: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "a plugin's name is lower case letters, digits and -, beginning with a letter, as its folder is called"), z.unknown())
    .default({}),
  data: z.string().min(1).optional().describe("the folder where everything but run.json, cli.token and control.sock lives"),
  clock: z.strictObject({ rate: z.number().min(0.1).max(1000).default(1), anchor: z.iso.datetime("expected a time in UTC such as 2026-01-02T03:04:05Z").optional() }).optional(),
});
export type Config = z.output<typeof Config>;
