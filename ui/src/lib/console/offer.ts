// Which consoles fit a resource: what the core says, by the resource's kind. No plugin and no tool is known by its name. Pure.
import type { ConsoleInfo } from "$contract/wire.ts";
import type { Placed } from "../resource/order.ts";

export const consolesFor = (consoles: readonly ConsoleInfo[], resource: Placed): readonly ConsoleInfo[] =>
  resource.template === true ? [] : consoles.filter(({ kinds }) => kinds.includes(resource.kind));
