import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import type { Deprecation } from "../../contracts/api/deprecations.ts";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { KeyUses } from "../../domain/keys/key-uses.ts";
import type { Lookup } from "../../lib/address-guard.ts";
import { eventData } from "../../lib/server-sent-events.ts";
import { type FakeEngine, type FakeEngineBehaviour, startFakeEngine } from "../../test-support/fake-engine.ts";
import { GATEWAY_CONFIG } from "../../test-support/gateway-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { ChangeStore } from "../admin/change-store.ts";
import { createGateway } from "../app.ts";
import type { BatchStorage } from "../batches/batch-service.ts";
import type { Embed } from "../cache/semantic-cache.ts";
import type { AwsCredentials } from "../dialects/inner/provider-dialect.ts";
import type { DiscoveredEngine, EngineDiscovery } from "../engines/engine-discovery.ts";
import type { Gateway, GatewayOptions } from "../gateway-options.ts";
import { listenOn } from "../http/listen.ts";
import type { GatewayKey, KeyStore } from "../keys/key-store.ts";
import type { TokenIdentities } from "../keys/token-identities.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import type { QuotaStore } from "../limits/quota-store.ts";
import { RecentLines, withRecentLines } from "../live/lines/recent-lines.ts";
import type { LiveBus } from "../live/live-bus.ts";
import { createMetricsServer } from "../metrics/metrics-server.ts";
import type { Steps } from "../pipeline/steps.ts";
import type { SecretReader } from "../providers/provider-credential.ts";
import type { SpendStore } from "../providers/spend-account.ts";
import type { ResponseStore } from "../responses/response-store.ts";
import type { SharedMemory } from "../shared-memory/shared-memory.ts";
import type { CallerSharesOptions } from "../shares/caller-shares.ts";
import type { FastStore } from "../store/fast-store.ts";
import type { UsageFiles } from "../usage/usage-ledger.ts";

/** For tests: a gateway on a real socket in front of fake engines, with everything it logged. */
export interface TestGateway {
  readonly url: string;
  readonly metricsUrl: string;
  readonly gateway: Gateway;
  readonly engines: readonly FakeEngine[];
  /** The lines of the log, parsed. */
  readonly log: () => readonly Record<string, unknown>[];
  readonly logText: () => string;
  /** The one line of the only request so far that is not `/health`. */
  readonly requestLine: () => Promise<Record<string, unknown>>;
  readonly keys: Map<string, GatewayKey>;
  readonly discovery: ListDiscovery;
}

/** Discovery from a list that the test changes. */
export class ListDiscovery implements EngineDiscovery {
  engines: readonly DiscoveredEngine[] = [];
  isBroken = false;

  async discover(): Promise<readonly DiscoveredEngine[]> {
    if (this.isBroken) throw new Error("discovery is broken");
    return this.engines;
  }
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly model?: Partial<GatewayConfig["models"][number]>;
  /** One entry for each engine. @default - one that responds */
  readonly engines?: readonly Partial<FakeEngineBehaviour>[];
  readonly keys?: KeyStore;
  readonly tokens?: TokenIdentities;
  readonly keyUses?: KeyUses;
  /** @default - the gateway's own */
  readonly memory?: SharedMemory;
  readonly clock?: () => number;
  readonly wallClock?: () => number;
  /** @default 50 */
  readonly probeMs?: number;
  /** @default 50 */
  readonly changesMs?: number;
  readonly discovery?: ListDiscovery;
  /** Where responses are stored. @default - they are not */
  readonly responses?: ResponseStore;
  readonly deprecations?: readonly Deprecation[];
  readonly heartbeatMs?: number;
  readonly connections?: CallerSharesOptions;
  /** The store that gateways share. @default - there is none */
  readonly store?: FastStore;
  readonly embed?: Embed;
  /** Where files and batches are; `config.batches` names table and bucket. @default - there are none */
  readonly batchStorage?: BatchStorage;
  /** Where usage events are written. @default - there are none */
  readonly usage?: UsageFiles;
  /** Where generations of keys that opted in are stored. @default - none is stored */
  readonly history?: GatewayOptions["history"];
  /** Takes the lines for CloudWatch. @default - there are none */
  readonly writeMetrics?: (line: string) => void;
  readonly secrets?: SecretReader;
  readonly awsCredentials?: AwsCredentials;
  readonly lookup?: Lookup;
  readonly changeStore?: ChangeStore;
  readonly limitStore?: LimitStore | undefined;
  readonly quotaStore?: QuotaStore | undefined;
  readonly spendStore?: SpendStore;
  readonly liveBus?: LiveBus | undefined;
  /** Takes each line of the log instead of the list that `log` reads. */
  readonly writeLog?: (line: string) => void;
  /** Steps instead of the pipeline's own. */
  readonly steps?: Partial<Steps>;
}

export function testConfig(
  overrides: Partial<GatewayConfig> = {},
  model: TestGatewayOptions["model"] = {},
): GatewayConfig {
  return { ...GATEWAY_CONFIG, models: GATEWAY_CONFIG.models.map((tiny) => ({ ...tiny, ...model })), ...overrides };
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const engines = await Promise.all((options.engines ?? [{}]).map((behaviour) => startFakeEngine(behaviour)));
  const discovery = options.discovery ?? new ListDiscovery();
  if (options.discovery === undefined)
    discovery.engines = engines.map(({ origin }, index) => ({ id: `i-${index}`, origin, inService: true }));
  const keys = new Map<string, GatewayKey>();
  let text = "";
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const lines = options.writeLog === undefined ? sink : { write: options.writeLog };
  const recentLines = new RecentLines(options.wallClock);
  const gateway = createGateway({
    config: testConfig(options.config, options.model),
    discovery,
    keys: options.keys ?? { get: async (keyId) => keys.get(keyId) },
    logger: pino({ level: "info", formatters: { level: (level) => ({ level }) } }, withRecentLines(lines, recentLines)),
    requestLog: lines,
    recentLines,
    version: "0.0.0",
    tokens: options.tokens,
    keyUses: options.keyUses,
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    ...(options.connections === undefined ? {} : { connections: options.connections }),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    ...(options.deprecations === undefined ? {} : { deprecations: options.deprecations }),
    store: options.store,
    embed: options.embed,
    wallClock: options.wallClock,
    usage: options.usage,
    history: options.history,
    ...(options.batchStorage === undefined ? {} : { batchStorage: options.batchStorage }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.responses === undefined ? {} : { responses: options.responses }),
    ...(options.writeMetrics === undefined ? {} : { writeMetrics: options.writeMetrics }),
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    ...(options.awsCredentials === undefined ? {} : { awsCredentials: options.awsCredentials }),
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    limitStore: options.limitStore,
    quotaStore: options.quotaStore,
    liveBus: options.liveBus,
    ...(options.changeStore === undefined ? {} : { changeStore: options.changeStore }),
    ...(options.spendStore === undefined ? {} : { spendStore: options.spendStore }),
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    intervals: {
      discoverMs: 50,
      probeMs: options.probeMs ?? 50,
      // The fake engines share this process: on a slow machine they are late by more than the gateway's own second.
      probeTimeoutMs: 3000,
      snapshotMs: 100,
      changesMs: options.changesMs ?? 50,
    },
  });
  const port = await gateway.listen(0, "127.0.0.1");
  const metrics = createMetricsServer(async () => [await gateway.metrics()]);
  const metricsPort = await listenOn(metrics, { port: 0, host: "127.0.0.1" });
  onTestFinished(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await gateway.drain();
    metrics.closeAllConnections();
    metrics.close();
  });
  await gateway.started;
  const log = () =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    gateway,
    engines,
    log,
    logText: () => text,
    requestLine: async () => {
      const lines = () => log().filter((line) => line.msg === "request" && line.route !== "/health");
      await eventually(() => expect(lines()).toHaveLength(1));
      return lines()[0] ?? {};
    },
    keys,
    discovery,
  };
}

/** Posts a JSON body (or text as it is). */
export async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<Response> {
  return await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
}

export const completion = (fields: Record<string, unknown> = {}) => ({ model: "tiny", prompt: "Once", ...fields });
export const chat = (fields: Record<string, unknown> = {}) => ({
  model: "tiny",
  messages: [{ role: "user", content: "Hello" }],
  ...fields,
});

/** Checks an error response's shape and returns its `error`. */
export async function errorOf(response: Response, status: number, code: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
  const body = (await response.json()) as {
    error: {
      message: string;
      type: string;
      param: string | null;
      code: string;
      details?: { param: string; message: string }[];
    };
  };
  expect(body.error.code).toBe(code);
  return body.error;
}

/** The data of every event of a stream. */
export function eventsOf(text: string): readonly string[] {
  return eventData(text);
}
