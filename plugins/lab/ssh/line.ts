// Takes a command line apart: quotes, `|`, `;`, `&&`, `||`. It refuses what the scripted shell does not have: redirections into files, substitutions, unfinished quotes.

export interface Step {
  /** When it runs after the step before it. */
  when: "always" | "ok" | "failed";
  /** Commands whose output flows into the next. */
  pipe: string[][];
}

const OPERATORS = ["&&", "||", ";", "|"] as const;
type Operator = (typeof OPERATORS)[number];
type Token = { word: string } | { operator: Operator };

const QUIET = /^(?:[12]?>>?\s*\/dev\/null|2>&1)/;

function readQuoted(line: string, from: number): { text: string; next: number } {
  const quote = line[from];
  let text = "";
  let index = from + 1;
  for (; index < line.length && line[index] !== quote; index++) {
    if (quote === '"' && line[index] === "\\") index += 1;
    text += line[index] ?? "";
  }
  if (index >= line.length) throw new Error(`syntax error: unexpected EOF while looking for matching \`${quote}'`);
  return { text, next: index + 1 };
}

function readWord(line: string, from: number): { word: string; next: number } {
  let word = "";
  let index = from;
  while (index < line.length && !/[\s;|&]/.test(line[index] ?? "")) {
    const letter = line[index] ?? "";
    if (letter === '"' || letter === "'") {
      const quoted = readQuoted(line, index);
      word += quoted.text;
      index = quoted.next;
      continue;
    }
    if (letter === "`" || letter === "$" || letter === ">" || letter === "<") throw new Error(`this shell has no '${letter}'`);
    if (letter === "\\") index += 1;
    word += line[index] ?? "";
    index += 1;
  }
  return { word, next: index };
}

function tokens(line: string): Token[] {
  const found: Token[] = [];
  let index = 0;
  while (index < line.length) {
    const rest = line.slice(index);
    const quiet = QUIET.exec(rest);
    const operator = OPERATORS.find((one) => rest.startsWith(one));
    if (/^\s/.test(rest)) index += 1;
    else if (quiet) index += quiet[0].length;
    else if (operator) {
      found.push({ operator });
      index += operator.length;
    } else {
      if (rest.startsWith("&")) throw new Error("this shell has no background jobs");
      const { word, next } = readWord(line, index);
      found.push({ word });
      index = next;
    }
  }
  return found;
}

const WHEN: Record<Exclude<Operator, "|">, Step["when"]> = { ";": "always", "&&": "ok", "||": "failed" };

export function readLine(line: string): Step[] {
  const steps: Step[] = [{ when: "always", pipe: [[]] }];
  for (const token of tokens(line)) {
    const step = steps.at(-1);
    if ("word" in token) step?.pipe.at(-1)?.push(token.word);
    else if (token.operator === "|") step?.pipe.push([]);
    else steps.push({ when: WHEN[token.operator], pipe: [[]] });
  }
  const whole = steps.filter((step) => step.pipe.some((words) => words.length > 0));
  if (whole.some((step) => step.pipe.some((words) => words.length === 0))) throw new Error("syntax error near unexpected token `|'");
  return whole;
}
