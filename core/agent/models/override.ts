// The word in front of a question that chooses who answers: `@local why is it slow`. Pure.
const WORD = /^\s*@(local|cloud)\b[\s:,]*/i;

export const readOverride = (text: string): { wished: "local" | "cloud" | undefined; text: string } => {
  const [whole = "", word] = WORD.exec(text) ?? [];
  if (word === undefined) return { wished: undefined, text };
  return { wished: word.toLowerCase() === "local" ? "local" : "cloud", text: text.slice(whole.length) };
};
