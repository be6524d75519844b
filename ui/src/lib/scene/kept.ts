// Data made anew that says the same keeps its old reference, so that nothing is drawn for it. Holds the last one only.

/** `said`: what it says, as text; equal text means equal data. */
export const createKept = <T>(said: (value: T) => string = (value) => JSON.stringify(value)) => {
  let last: { value: T; text: string } | undefined;
  return (value: T): T => {
    const text = said(value);
    if (last?.text !== text) last = { value, text };
    return last.value;
  };
};
