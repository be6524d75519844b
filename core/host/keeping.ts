// The one document a plugin may have kept across restarts: small, its own, and no reading of anybody's. Refuses what is too large or no JSON.
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { HostFaces } from "./faces.ts";

const MOST_BYTES = 64 * 1024;

export const createKeeping = (id: string, kept: HostFaces["kept"]): Pick<Context<unknown, unknown>, "kept" | "keep"> => ({
  kept: async () => kept?.get(id),
  keep: async (value) => {
    const text = JSON.stringify(value);
    if (text === undefined) throw new JarvisError("bad_input", { message: "Only JSON can be kept." });
    if (Buffer.byteLength(text) > MOST_BYTES) throw new JarvisError("too_large", { message: `A plugin may have ${MOST_BYTES} bytes kept.` });
    kept?.set(id, JSON.parse(text));
  },
});
