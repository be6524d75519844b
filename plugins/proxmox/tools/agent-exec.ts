// proxmox_guest_agent_exec: one program inside a VM, through its agent. The arguments are a list, handed on as they are: no shell stands between. What it does cannot be known beforehand, so it is destructive; containers have no such call.
import { JarvisError, type Preflight, type Progress, type Sent, type Tool, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { Current, stateOf } from "../shapes/guest.ts";
import { looseFlag, looseNumber } from "../shapes/loose.ts";
import { agentBase, mustAnswer } from "./agent-answer.ts";
import { baseOf } from "./base.ts";
import { LOOK_AGAIN_MS, placeNoted } from "./guest-task.ts";
import { atPlace, type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";

const MOST_OUTPUT = 20_000;
const MOST_TOLD = 1800;

const Input = z
  .object({
    ...guestInput,
    command: z.array(z.string().max(4096)).min(1).max(64).describe('The program and its arguments, one each: ["systemctl", "restart", "nginx"]. No shell interprets them'),
    stdin: z.string().max(65_536).optional().describe("What the program reads"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH)
  .refine(({ command }) => (command[0] ?? "").trim() !== "", { message: "name a program", path: ["command"] });

const preflight = async (ctx: Ctx, input: GuestInput): Promise<Preflight> => {
  const look = await lookAtGuest(ctx, input, { memory: false });
  await mustAnswer(ctx, look);
  return look.preflight;
};

const Started = z.object({ pid: z.coerce.number().int().positive() });
const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" ? value.slice(0, MOST_OUTPUT) : ""));
const Status = z.object({
  exited: looseFlag,
  exitcode: looseNumber,
  signal: looseNumber,
  "out-data": text,
  "err-data": text,
  "out-truncated": looseFlag,
  "err-truncated": looseFlag,
});
type Status = z.output<typeof Status>;

/** The end in words; the tail says more than the head. Pure. */
export const endOf = (status: Status): Extract<Progress, { ended: true }> => {
  const { exitcode, signal, "out-data": out, "err-data": err } = status;
  const how = signal === undefined ? `with exit code ${exitcode ?? "unknown"}` : `by signal ${signal}`;
  const said = [out === "" ? "" : `\nIt printed:\n${out.slice(-MOST_TOLD)}`, err === "" ? "" : `\nIts errors:\n${err.slice(-MOST_TOLD)}`].join("");
  const cut = status["out-truncated"] === true || status["err-truncated"] === true;
  const data = { exitCode: exitcode ?? -1, stdout: out, stderr: err };
  return {
    ended: true,
    ok: exitcode === 0,
    text: `The command ended ${how}.${said || " It printed nothing."}`,
    data,
    ...(cut ? { warnings: ["the agent cut what it printed"] } : {}),
  };
};

const Begun = z.object({ pid: z.number(), node: z.string(), vmid: z.number() });

const progress = async (ctx: Ctx, sent: Sent): Promise<Progress> => {
  const begun = Begun.safeParse(sent.result?.data).data;
  if (begun === undefined) return { ended: true, ok: false, text: "Which process it was is not on record, so its end cannot be seen." };
  try {
    const status = await ctx.client.getAsActor(ctx, `${agentBase({ ...begun, sort: "qemu" })}/exec-status`, Status, { pid: begun.pid });
    return status.exited === true ? endOf(status) : { ended: false, againMs: LOOK_AGAIN_MS };
  } catch (thrown) {
    // The agent tells an end once and then forgets the process.
    if (thrown instanceof JarvisError && /PID \d+ does not exist|Invalid parameter 'pid'/i.test(thrown.message))
      return { ended: true, ok: false, text: `Process ${begun.pid} has ended, and its agent has told how once already: the answer was lost.` };
    throw thrown;
  }
};

/** Its exit code was the proof; beside it the guest must still be there. */
const verify = async (ctx: Ctx, input: GuestInput): Promise<Verdict> => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) => client.get(ctx, `${baseOf(at)}/status/current`, Current));
  const state = stateOf(value);
  return { ok: state === "running", words: `The command ended well and ${place.name} is ${state}.` };
};

export const guestAgentExec: Tool<Config, Client, typeof Input> = {
  title: "Run a program inside a VM",
  about: "Runs one program inside a running VM through its guest agent, with its arguments as a list, and tells its exit code and output. For containers use their console or SSH.",
  effect: "destructive",
  input: Input,
  output: z.looseObject({ vmid: z.number(), node: z.string(), pid: z.number() }),
  target: targetOf,
  deadlineSeconds: 600,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    const form = { command: input.command, "input-data": input.stdin };
    const { pid } = await ctx.client.write(ctx, { method: "POST", path: `${agentBase(place)}/exec`, form, answer: Started });
    return { text: `Started ${input.command[0] ?? ""} inside ${place.name} (process ${pid}).`.slice(0, 4000), data: { vmid: place.vmid, node: place.node, pid } };
  },
  progress: (ctx, _, sent) => progress(ctx, sent),
  verify: (ctx, input) => verify(ctx, input),
};
