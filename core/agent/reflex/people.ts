// What is answered to a greeting, to thanks and to "who are you": in the persona's voice, short, with how the house stands where that is polite. Pure.
import { line, overview, type Said, type View } from "./answers.ts";

const bare = (text: string): Said => ({ text, evidence: [] });

const open = (view: View): number => view.incidents.filter(({ status }) => status !== "resolved").length;

export const helloSaid = (view: View): Said => {
  const said = overview(view);
  return { text: `${line(view.persona, "hello")} ${said.text}`, evidence: said.evidence };
};

export const thanksSaid = (view: View): Said => bare(line(view.persona, "thanks"));

export const byeSaid = (view: View): Said => {
  const count = open(view);
  return bare(`${line(view.persona, "bye")}${count === 0 ? "" : ` ${count} ${count === 1 ? "incident is" : "incidents are"} open; I stay with ${count === 1 ? "it" : "them"}.`}`);
};

export const whoSaid = (view: View): Said => bare(`${line(view.persona, "who", { name: view.persona.name })} ${line(view.persona, "rules")} "help" tells what I understand.`);
