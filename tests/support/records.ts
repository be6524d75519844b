// Records for tests of plugins: the core's own store in memory, behind the faces the app hands in.
import { join } from "node:path";
import { pastFace, recordFaces } from "../../core/app/record-faces.ts";
import type { Caller } from "../../core/contract/caller.ts";
import type { HostFaces } from "../../core/host/faces.ts";
import type { Clock } from "../../core/lib/clock.ts";
import { createRedactor } from "../../core/lib/redact.ts";
import { type OpenDatabase, openDatabase } from "../../core/store/open.ts";

export const records = (clock: Pick<Clock, "now">, secrets: readonly string[] = []): Required<Pick<HostFaces, "records" | "incidents">> & { db: OpenDatabase } => {
  const db = openDatabase({ path: ":memory:", migrationsFolder: join(import.meta.dir, "../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const redact = createRedactor(secrets);
  return { db, records: recordFaces({ db, redact, clock }), incidents: pastFace({ db, clock }) };
};

export const PERSON: Caller = { kind: "operator", id: "operator", scope: "admin", tainted: false };
export const SCRIPT: Caller = { kind: "script", id: "nightly", scope: "operate", tainted: false };
export const MODEL: Caller = { kind: "model", id: "local", scope: "operate", tainted: true };
export const CLIENT: Caller = { kind: "mcp", id: "some-client", scope: "operate", tainted: false };
