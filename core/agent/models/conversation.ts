// In what order a request is written: what stays the same first, what changes in front of the last words of the person, so that a server's prefix cache holds. Pure.
import type { ModelRequest, Said, ToolWish } from "./model.ts";

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** Instructions that stay, joined. */
export const stablePart = ({ system }: Pick<ModelRequest, "system">): string => joined(system.filter(({ isStable }) => isStable).map(({ text }) => text));

/** What changes from one request to the next. */
const movingPart = ({ system }: Pick<ModelRequest, "system">): string => joined(system.filter(({ isStable }) => !isStable).map(({ text }) => text));

/** The same conversation with what moves in front of the person's last words. */
export const withMoving = (request: Pick<ModelRequest, "system" | "said">): readonly Said[] => {
  const moving = movingPart(request);
  if (moving === "") return request.said;
  const last = request.said.findLastIndex(({ role }) => role === "person");
  if (last < 0) return [...request.said, { role: "person", text: moving }];
  return request.said.map((said, index) => (index === last ? { ...said, text: joined([moving, said.text]) } : said));
};

/** Which wish a result answers; nothing where the conversation was cut between the two. */
export const answered = (said: readonly Said[]): Map<string, ToolWish> => new Map(said.flatMap(({ calls }) => calls ?? []).map((call) => [call.id, call]));
