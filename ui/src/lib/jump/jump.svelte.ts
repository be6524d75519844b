// Whether the jump dialog is open, and Ctrl+K (Cmd+K) from anywhere.

let open = $state(false);

export const jump = {
  get open(): boolean {
    return open;
  },
  show(): void {
    open = true;
  },
  close(): void {
    open = false;
  },
};

export const onJumpKey = (): (() => void) => {
  const down = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    open = !open;
  };
  addEventListener("keydown", down);
  return () => removeEventListener("keydown", down);
};
