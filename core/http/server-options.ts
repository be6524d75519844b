// What a server is made of: its address, the core behind it and where credentials live.
import type { Clock } from "../lib/clock.ts";
import type { Hub } from "../live/hub.ts";
import type { SessionStore } from "../store/sessions.ts";
import type { TokenStore } from "../store/tokens.ts";
import type { CoreFaces } from "./faces.ts";

export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly names: readonly string[];
  readonly trustProxy: readonly string[];
  /** No login: honoured by whoever made sure that all is loopback. */
  readonly open: boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface ServerOptions {
  readonly settings: ServerSettings;
  readonly core: CoreFaces;
  readonly hub: Hub;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  /** JARVIS_ADMIN_TOKEN. */
  readonly adminToken?: string | undefined;
  /** The built page. */
  readonly uiFolder?: string | undefined;
  readonly clock: Clock;
  readonly version: string;
  /** Takes the secrets out of what a request failed with. */
  readonly clean?: (thrown: unknown) => unknown;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
}
