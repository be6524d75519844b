// A result as the journal may keep it: no secrets, bounded. Changes nothing of what the caller gets but that.
import type { ToolResult } from "../contract/result.ts";
import type { Redactor } from "../lib/redact.ts";

const MOST_DATA = 65_536;
const MOST_TEXT = 8192;

/** Data larger than 64 KiB as JSON is left out, and a warning says so. */
export const stored = ({ redact }: { redact: Redactor }, result: ToolResult): ToolResult => {
  const data = redact.data(result.data);
  const tooLarge = (JSON.stringify(data) ?? "").length > MOST_DATA;
  const warnings = [...(result.warnings ?? []), ...(tooLarge ? ["The data was too large to keep."] : [])];
  return {
    text: redact.text(result.text).slice(0, MOST_TEXT),
    ...(result.upid === undefined ? {} : { upid: result.upid }),
    ...(data === undefined || tooLarge ? {} : { data }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
};
