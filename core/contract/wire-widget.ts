// A widget as the screen gets it: the plugin's literal with its full name and the channel its monitor publishes on.
import { z } from "zod";
import { Widget } from "./widget.ts";

export const WireWidget = z.object({ id: z.string(), plugin: z.string(), channel: z.string(), widget: Widget });
export type WireWidget = z.infer<typeof WireWidget>;
