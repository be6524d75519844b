// "What would you have done?": how often it only watched and would have acted, and how right that would have been. Pure.
import type { Shadow } from "../../contract/shadow.ts";
import type { Said } from "./answers.ts";

const MOST = 8;
const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** `I would have acted 6 times in the last 30 days: 5 right, 1 wrong.` */
export const shadowHead = ({ would, right, wrong, open }: Shadow): string => {
  if (would === 0) return "In the last 30 days there was nothing I would have done and only watched.";
  const parts = [`${right} right`, ...(wrong > 0 ? [`${wrong} wrong`] : []), ...(open > 0 ? [`${open} still open`] : [])];
  return `I would have acted ${times(would)} in the last 30 days: ${parts.join(", ")}.`;
};

export const shadowSaid = (shadow: Shadow): Said => {
  const shown = shadow.acts.slice(0, MOST);
  const lines = shown.map(({ at, tool, name, by, verdict, why }) => `- ${at.slice(0, 16).replace("T", " ")} ${tool} on ${name} (${by}): ${verdict}. ${why}`);
  const more = shadow.acts.length - shown.length;
  return {
    text: [shadowHead(shadow), ...lines, ...(more > 0 ? [`- and ${more} more.`] : [])].join("\n"),
    evidence: shown.map(({ at, incident, tool, name, verdict }) => ({ claim: `${tool} on ${name}: ${verdict}`, source: `core/incidents ${incident}`, at })),
  };
};
