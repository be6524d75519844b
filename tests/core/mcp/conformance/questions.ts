// The tools and the prompt with which the conformance suites are asked back: by both eras, in several rounds, with sealed state. For tests only.
import {
  acceptedContent,
  type CallToolResult,
  type GetPromptResult,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
  type Tool,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { OfferedPrompt, OfferedTool, Seal } from "../../../../core/mcp/catalogue.ts";
import { capabilitiesOf, says, tool } from "./tools.ts";

type Form = Parameters<typeof inputRequired.elicit>[0]["requestedSchema"];

const asking = (key: string): Form => ({ type: "object", properties: { [key]: { type: "string" } }, required: [key] });
const confirm: Form = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
const france = () => inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: "What is the capital of France?" } }], maxTokens: 100 });
const greeting = () => inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: "Generate a greeting" } }], maxTokens: 50 });

const message: Tool["inputSchema"] = { type: "object", properties: { message: { type: "string" } }, required: ["message"] };
const defaults: Form = {
  type: "object",
  properties: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
};
const enums: Form = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
    titledSingle: {
      type: "string",
      oneOf: [
        { const: "value1", title: "First Option" },
        { const: "value2", title: "Second Option" },
        { const: "value3", title: "Third Option" },
      ],
    },
    legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["Option One", "Option Two", "Option Three"] },
    untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
    titledMulti: {
      type: "array",
      items: {
        anyOf: [
          { const: "value1", title: "First Choice" },
          { const: "value2", title: "Second Choice" },
          { const: "value3", title: "Third Choice" },
        ],
      },
    },
  },
};
const user: Form = {
  type: "object",
  properties: { username: { type: "string", description: "User's response" }, email: { type: "string", description: "User's email address" } },
  required: ["username", "email"],
};

/** Asks in the old way, by a request of the server's own. */
const elicit = (name: string, words: (result: string) => string, requestedSchema: Form, inputSchema?: Tool["inputSchema"]): OfferedTool =>
  tool(
    name,
    async (input, turn) => {
      const about = z.object({ message: z.string().default("Please answer") }).parse(input);
      const { action, content } = await turn.mcpReq.elicitInput({
        message: about.message,
        requestedSchema: z.custom<Exclude<Form, { "~standard": unknown }>>().parse(requestedSchema),
      });
      return says(words(`action=${action}, content=${JSON.stringify(content ?? {})}`));
    },
    inputSchema,
  );

const askName = () => inputRequired.elicit({ message: "What is your name?", requestedSchema: asking("name") });
const Named = z.object({ name: z.string() });
const missing = (turn: ServerContext, keys: readonly string[]): boolean => keys.some((key) => inputResponse(turn.mcpReq.inputResponses, key).kind === "missing");

const once = (name: string, key: string, request: () => InputRequests[string]): OfferedTool =>
  tool(name, async (_, turn) =>
    missing(turn, [key]) ? inputRequired({ inputRequests: { [key]: request() } }) : says(JSON.stringify(inputResponse(turn.mcpReq.inputResponses, key))),
  );

const hello = tool("test_input_required_result_elicitation", async (_, turn) => {
  const accepted = acceptedContent(turn.mcpReq.inputResponses, "user_name", Named);
  return accepted === undefined ? inputRequired({ inputRequests: { user_name: askName() } }) : says(`Hello, ${accepted.name}!`);
});

const capable = tool("test_input_required_result_capabilities", async (_, turn) => {
  const can = capabilitiesOf(turn);
  const inputRequests = { ...("elicitation" in can ? { user_name: askName() } : {}), ...("sampling" in can ? { capital_question: france() } : {}) };
  return Object.keys(inputRequests).length === 0 || turn.mcpReq.inputResponses !== undefined ? says("Nothing can be asked.") : inputRequired({ inputRequests });
});

const sealed = (seal: Seal): readonly OfferedTool[] => {
  const confirmed = async (turn: ServerContext): Promise<CallToolResult | InputRequiredResult> =>
    turn.mcpReq.requestState() === undefined || missing(turn, ["confirm"])
      ? inputRequired({
          inputRequests: { confirm: inputRequired.elicit({ message: "Please confirm", requestedSchema: confirm }) },
          requestState: await seal.mint({ round: 1 }, turn),
        })
      : says("state-ok");
  return [
    tool("test_input_required_result_multi_round", async (_, turn) => {
      const { round } = z.object({ round: z.number() }).catch({ round: 0 }).parse(turn.mcpReq.requestState());
      const ask = async (step: number, words: string, key: string) =>
        inputRequired({
          inputRequests: { [`step${step}`]: inputRequired.elicit({ message: words, requestedSchema: asking(key) }) },
          requestState: await seal.mint({ round: step }, turn),
        });
      if (round === 0) return ask(1, "Step 1: What is your name?", "name");
      return round === 1 ? ask(2, "Step 2: What is your favorite color?", "color") : says("Both were told.");
    }),
    tool("test_input_required_result_multiple_inputs", async (_, turn) =>
      missing(turn, ["user_name", "greeting", "client_roots"])
        ? inputRequired({
            inputRequests: { user_name: askName(), greeting: greeting(), client_roots: inputRequired.listRoots() },
            requestState: await seal.mint({ round: 1 }, turn),
          })
        : says("All were told."),
    ),
    tool("test_input_required_result_request_state", async (_, turn) => confirmed(turn)),
    tool("test_input_required_result_tampered_state", async (_, turn) => confirmed(turn)),
  ];
};

export const fixtureQuestions = (seal: Seal): readonly OfferedTool[] => [
  elicit("test_elicitation", (result) => `User response: ${result}`, user, message),
  elicit("test_elicitation_sep1034_defaults", (result) => `Elicitation completed: ${result}`, defaults),
  elicit("test_elicitation_sep1330_enums", (result) => `Elicitation completed: ${result}`, enums),
  capable,
  hello,
  once("test_input_required_result_list_roots", "client_roots", inputRequired.listRoots),
  once("test_input_required_result_sampling", "capital_question", france),
  ...sealed(seal),
];

export const askingPrompt: OfferedPrompt = {
  listed: { name: "test_input_required_result_prompt", description: "Asks before it answers" },
  get: async (_, turn): Promise<GetPromptResult | InputRequiredResult> => {
    const accepted = acceptedContent(turn.mcpReq.inputResponses, "user_context", z.object({ context: z.string() }));
    if (accepted === undefined)
      return inputRequired({ inputRequests: { user_context: inputRequired.elicit({ message: "What context should the prompt use?", requestedSchema: asking("context") }) } });
    return { messages: [{ role: "user", content: { type: "text", text: accepted.context } }] };
  },
};
