// Wires the parts of one Jarvis and starts and stops them in order. Decides nothing but open mode; tests call this, main calls this.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cleanError } from "./app/cleaned.ts";
import { createConsoles } from "./app/consoles.ts";
import { openMemory, tellMemory } from "./app/database.ts";
import { createFaces } from "./app/faces.ts";
import { createHoldPoint } from "./app/hold-point.ts";
import { withLooks } from "./app/looks.ts";
import { createMcp } from "./app/mcp.ts";
import { createModels } from "./app/models.ts";
import { createPast } from "./app/past.ts";
import { choosePaths, memoryFolders } from "./app/paths.ts";
import { createPlugins, houseRules } from "./app/plugins.ts";
import { createPolicy } from "./app/policy.ts";
import { createPublisher } from "./app/publish.ts";
import { createRefresh } from "./app/refresh.ts";
import { createReports } from "./app/reports.ts";
import { secretsOf } from "./app/secrets.ts";
import { createSelf } from "./app/self.ts";
import { createSessions } from "./app/sessions.ts";
import { createStatus } from "./app/status.ts";
import { createTalk } from "./app/talk.ts";
import { createTracking } from "./app/tracking.ts";
import { createVoice } from "./app/voice.ts";
import { createWatching } from "./app/watching.ts";
import type { Call } from "./contract/call.ts";
import { JarvisError } from "./contract/error.ts";
import { writeCliToken } from "./http/cli-token.ts";
import { createServer } from "./http/server.ts";
import { createFeed } from "./incidents/feed.ts";
import { createRecords } from "./incidents/record.ts";
import { createClock } from "./lib/clock.ts";
import { createLog } from "./lib/log.ts";
import { createRedactor } from "./lib/redact.ts";
import { watchFolder } from "./lib/watch-folder.ts";
import { createHub } from "./live/hub.ts";
import type { Loaded } from "./settings/load.ts";
import type { Environment } from "./settings.ts";
import { createOutages } from "./state/outages.ts";
import { createPoller } from "./state/poller.ts";
import { createResources } from "./state/resources.ts";
import { createSources, type Source } from "./state/sources.ts";
import { createStateStore } from "./state/store.ts";
import { createIncidentStore } from "./store/incidents.ts";
import { openJournal } from "./store/journal/open.ts";
import { createKept } from "./store/kept.ts";
import { acquireLease } from "./store/lease.ts";
import { createReadings } from "./store/readings.ts";
import { createSessionStore } from "./store/sessions.ts";
import { createTokenStore } from "./store/tokens.ts";
import { createPipeline } from "./tools/pipeline.ts";
import { createRegistry } from "./tools/registry.ts";
import { createSwitches } from "./tools/switches.ts";

export interface AppOptions {
  environment: Environment;
  loaded: Loaded;
  /** Path of the configuration file. */
  configPath: string;
  /** The repository's root. */
  root: string;
  version: string;
  identityFile?: string | undefined;
  /** Where log lines go; default stderr. */
  write?: (line: string) => void;
}

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_PORT = 5278;

export const createApp = async (options: AppOptions) => {
  const { environment, loaded, root, version } = options;
  const { config } = loaded;
  const paths = choosePaths(environment.data, options.configPath, config.data);
  const rate = environment.clockRate ?? config.clock?.rate ?? 1;
  const anchor = config.clock?.anchor;
  const clock = createClock(rate, ...(anchor && environment.clockRate === undefined ? [Date.parse(anchor)] : []));
  const redact = createRedactor(secretsOf([config.plugins, config.models], loaded.filled, [environment.adminToken]));
  const log = createLog({ clock, redact, ...(options.write ? { write: options.write } : {}) });
  const server = { host: environment.host ?? config.server.host ?? DEFAULT_HOST, port: environment.port ?? config.server.port ?? DEFAULT_PORT };

  const lease = acquireLease(join(paths.data, "lease.db"), { runFile: join(paths.run, "run.json") });
  if ("takenBy" in lease)
    throw new JarvisError("unavailable", {
      message: `another Jarvis uses ${paths.data} already${lease.takenBy.pid ? ` (pid ${lease.takenBy.pid}, ${lease.takenBy.url ?? "no address yet"})` : ""}`,
      data: { ...lease.takenBy },
    });

  const { opened: db, damage } = openMemory(paths.data, root, clock.now());
  const journal = openJournal({ path: join(paths.data, "journal.db"), anchorPath: join(paths.data, "anchor"), clock, epoch: lease.epoch });
  const kept = createKept(db);
  const readings = createReadings(db);
  const incidentStore = createIncidentStore(db);
  const hub = createHub({ clock, epoch: `${lease.epoch}-${crypto.randomUUID().slice(0, 8)}` });
  const store = createStateStore({ clock, saved: readings.load(), keep: (channel, reading) => (channel.startsWith("core/") ? undefined : readings.keep(channel, reading)) });
  const sources = createSources(clock);
  const notice = (words: string): void => feed.add({ kind: "notice", words: redact.text(words) });
  const outages = createOutages(clock, log, notice, (what, fromMs) => past.unseen.lost(what, fromMs));
  const resources = createResources({ clock, store, protect: config.protect, depends: config.depends, own: () => self.view().resources });
  const past = createPast({ db, kept, clock, log, resources });
  const { history, unseen } = past;
  const self = createSelf({
    config,
    identityFile: options.identityFile,
    resources,
    clock,
    log,
    changed: () => {
      resources.remark();
      status.tell();
    },
  });
  const registry = createRegistry();
  const [killPath, moreKillPaths] = [join(paths.data, "KILL"), [join(environment.data, "KILL")]];
  const switches = createSwitches({ journal, clock, killPath, moreKillPaths, initialMode: config.autonomy, watchFolder });
  const house = createPolicy({
    loaded,
    journal,
    clock,
    log,
    registry,
    resources,
    self,
    amiss: () => status.tell(),
    feed: () => feed,
    records: () => records,
    alerts: () => tracking.alerts(),
    deeds: () => tracking.deeds(),
  });
  const pipeline = createPipeline({
    clock,
    registry,
    journal,
    switches,
    ...house.pipeline,
    log,
    redact,
    ...(environment.holdAt ? { checkpoint: createHoldPoint(environment.holdAt) } : {}),
  });
  const feed = createFeed({ clock, store: incidentStore, publish: (entry) => hub.event("core/feed", redact.data(entry)) });
  const records = createRecords({ clock, store: incidentStore, changed: () => house.sampled(publisher.incidents) });
  const watching = createWatching(hub);
  const publisher = createPublisher({ clock, hub, store, resources, history, records, active: () => journal.list({ limit: 50 }), isWatched: watching.isWatched });
  tellMemory({ db, damage, folder: paths.data }, { log, notice, switches });
  const status = createStatus({ store, sources, resources, log, feed, version, modes: switches.view, own: () => persona, self: self.status, doubts: house.doubts });
  const standing = (source: Source): void => {
    outages.tell(source);
    sources.tell(source);
    if (source.ok) publisher.sampled(source.channel);
  };
  const forget = (channel: string): void => {
    outages.forget(channel);
    sources.forget(channel);
  };
  const poller = createPoller({ clock, store, log, standing, isWatched: watching.isWatched });
  watching.tell(poller);
  const tracking = createTracking({ clock, log, kept, store, records, feed, history, resources, poller, pipeline, registry, law: house.law, acts: switches.acts, journal });
  const consoles = createConsoles({ clock, log, redact, journal, switches, changed: (callId) => tellCall(journal.get(callId)) });
  const host = createPlugins({
    root,
    folders: environment.plugins,
    configs: config.plugins,
    db,
    placed: loaded.placed,
    env: environment.get,
    memory: memoryFolders(environment, config.data, paths.data),
    kept,
    clock,
    log,
    redact,
    hub,
    store,
    sources: { forget, tell: standing },
    resources,
    history,
    backfill: past.backfill,
    registry,
    pipeline,
    poller,
    publisher,
    tracking,
    sessions: createSessions({ switches, log }),
    seat: consoles.seat,
    rules: houseRules({ config, environment, rate, identityFile: options.identityFile, host: server.host, dataFolder: paths.data }),
  });
  const tokens = createTokenStore({ database: db.database, clock });
  const sessions = createSessionStore({ database: db.database, clock });
  const reports = createReports({ clock, log, redact, kept, journal, incidents: incidentStore, unseen, resources, registry, config, environment, data: paths.data });
  const persona = createVoice({ folder: environment.personas, name: config.persona, kept, records, clock, log, told: status.note });
  const { models, metrics } = createModels({ settings: config.models, clock, db, log, redact, switches, recall: host.recall, metrics: host.metrics, status });
  const chat = createTalk({ clock, db, registry, pipeline, resources, records, feed, journal, persona: persona.read, status: status.view, report: reports.get, models });
  const core = createFaces({
    clock,
    redact,
    registry,
    pipeline,
    switches,
    journal,
    resources,
    refresh: createRefresh({ clock, store, poller }),
    records,
    feed,
    history,
    chat,
    persona,
    ...house.faces,
    status: status.view,
    report: reports.get,
    plugins: () => withLooks(host.list(), store.get),
    widgets: () => host.widgets(),
  });
  const mcp = createMcp({ clock, log, redact, version, hub, registry, pipeline, journal, switches, resources, records, status, reports, memory: environment.memory });
  const http = createServer({
    settings: { ...server, names: config.server.names, trustProxy: config.server.trustProxy, open: config.server.open, ...(config.server.tls ? { tls: config.server.tls } : {}) },
    core: { ...core, mcp, metrics, intake: host.intake, sit: (params, who, sitter) => consoles.sit(pipeline.call, params, who, sitter) },
    hub,
    tokens,
    sessions,
    adminToken: environment.adminToken,
    ...(existsSync(join(root, "ui/build")) ? { uiFolder: join(root, "ui/build") } : {}),
    clock,
    version,
    clean: (thrown) => cleanError(redact, thrown),
    log: (message, data) => log("info", message, data),
  });

  const tellCall = (call: Call | undefined): void => {
    if (call) hub.event("core/calls", redact.data(call));
  };
  pipeline.on((call) => {
    tellCall(call);
    store.accept("core/asks", { asks: Object.fromEntries(pipeline.asks().map((ask) => [ask.id, ask])) });
    publisher.plan();
  });
  switches.on(() => {
    status.tell();
    tracking.tracker.again();
  });

  return {
    paths,
    clock,
    log,
    hub,
    store,
    resources,
    pipeline,
    journal,
    switches,
    records,
    feed,
    http,
    host,
    registry,
    tokens,
    /** Listens and works; answers where. */
    async start(): Promise<{ url: string; port: number; code: string | undefined }> {
      store.accept("core/asks", { asks: {} });
      publisher.incidents();
      status.tell();
      const at = await http.listen();
      past.start();
      await host.start();
      house.review();
      tracking.settled(host.list());
      status.settled();
      await pipeline.recover();
      store.accept("core/asks", { asks: Object.fromEntries(pipeline.asks().map((ask) => [ask.id, ask])) });
      tracking.tracker.start();
      self.start();
      reports.start();
      http.openControl(paths.control);
      writeCliToken(tokens, join(paths.run, "cli.token"));
      http.ready();
      return { ...at, code: config.server.open ? undefined : http.loginCode().code };
    },
    async stop(): Promise<void> {
      status.leaving();
      self.stop();
      house.stop();
      tracking.tracker.stop();
      await consoles.stop();
      await Promise.all([poller.stop(), past.stop(), reports.stop()]);
      await pipeline.stop();
      await host.stop();
      await http.stop();
      switches.stop();
      publisher.stop();
      readings.flush();
      journal.close();
      db.close();
      lease.release();
    },
  };
};

export type App = Awaited<ReturnType<typeof createApp>>;
