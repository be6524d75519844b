// Which overlays are open: a resource's sheet, the HOLD question. One at a time each.

let resource = $state<string | undefined>(undefined);
let hold = $state(false);

export const sheet = {
  get resource(): string | undefined {
    return resource;
  },
  get hold(): boolean {
    return hold;
  },
  open(id: string): void {
    resource = id;
  },
  close(): void {
    resource = undefined;
  },
  askHold(): void {
    hold = true;
  },
  closeHold(): void {
    hold = false;
  },
};
