// Ingest: what a source sends to us by itself, at /api/v1/ingest/PLUGIN/... . The core lets in who shows the secret, within bounds; the plugin only reads what was sent.
import type { Context } from "./context.ts";

export interface Sent {
  /** What follows /api/v1/ingest/PLUGIN, beginning with a slash or empty. */
  readonly path: string;
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** Unpacked, UTF-8, bounded. */
  readonly body: string;
}

/** Throws bad_input for what is of another kind; single pieces that make no sense are left out and counted. */
export interface Ingest<C, K> {
  title: string;
  /** What the sender must show (`Authorization: Bearer` or `Token`), out of the plugin's own configuration; undefined: nobody is let in. Pure. */
  secret: (config: C) => string | undefined;
  /** Takes it in: into what its monitors tell next. It changes nothing in the world. */
  take: (ctx: Context<C, K>, sent: Sent) => Promise<{ taken: number; left: number }>;
}
