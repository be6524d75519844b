// Ctrl and the full stop, held for one second: HOLD ALL from anywhere.

const HELD_MS = 1000;

export const onHoldKeys = (act: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const letGo = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const down = (event: KeyboardEvent): void => {
    if (event.key !== "." || !event.ctrlKey) {
      letGo();
      return;
    }
    event.preventDefault();
    timer ??= setTimeout(act, HELD_MS);
  };
  addEventListener("keydown", down);
  addEventListener("keyup", letGo);
  addEventListener("blur", letGo);
  return () => {
    letGo();
    removeEventListener("keydown", down);
    removeEventListener("keyup", letGo);
    removeEventListener("blur", letGo);
  };
};
