import type { Logger } from "pino";
import type { Deprecation } from "../contracts/api/deprecations.ts";
import type { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import type { KeyUses } from "../domain/keys/key-uses.ts";
import type { Lookup } from "../lib/address-guard.ts";
import type { ChangeStore } from "./admin/change-store.ts";
import type { BatchStorage } from "./batches/batch-service.ts";
import type { ResponseCache } from "./cache/response-cache.ts";
import type { Embed } from "./cache/semantic-cache.ts";
import type { GatewayRequest } from "./core/request.ts";
import type { GatewayResponse } from "./core/response.ts";
import type { AwsCredentials } from "./dialects/inner/provider-dialect.ts";
import type { EngineDirectoryIntervals } from "./engines/engine-directory.ts";
import type { EngineDiscovery } from "./engines/engine-discovery.ts";
import type { HistoryStore } from "./history/history-store.ts";
import type { KeyStore } from "./keys/key-store.ts";
import type { TokenIdentities } from "./keys/token-identities.ts";
import type { LimitStore } from "./limits/limit-store.ts";
import type { QuotaStore } from "./limits/quota-store.ts";
import type { RecentLines } from "./live/lines/recent-lines.ts";
import type { LiveBus } from "./live/live-bus.ts";
import type { LineOutput } from "./metrics/line-output.ts";
import type { ThreadMetrics } from "./metrics/prometheus-exporter.ts";
import type { Steps } from "./pipeline/steps.ts";
import type { SecretReader } from "./providers/provider-credential.ts";
import type { SpendStore } from "./providers/spend-account.ts";
import type { ResponseStore } from "./responses/response-store.ts";
import type { SharedMemory } from "./shared-memory/shared-memory.ts";
import type { CallerSharesOptions } from "./shares/caller-shares.ts";
import type { FastStore } from "./store/fast-store.ts";
import type { UsageFiles } from "./usage/usage-ledger.ts";

/** What a gateway is built from. */
export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly discovery: EngineDiscovery;
  readonly keys: KeyStore;
  /** Tokens in place of keys. @default - none is valid */
  readonly tokens?: TokenIdentities | undefined;
  /** Stores when keys were last used. @default - that is not stored */
  readonly keyUses?: Pick<KeyUses, "used"> | undefined;
  readonly logger: Logger;
  /** Takes the log's line of each request; `logger` takes the other lines. */
  readonly requestLog: LineOutput;
  /** The newest lines of the log, which operators read; `logger` adds its own, and each request is added. @default - those of requests alone */
  readonly recentLines?: RecentLines;
  /** Shown by `/health`. */
  readonly version: string;
  /** Milliseconds of a monotonic clock, the same for all threads that share `memory`. @default - performance.now */
  readonly clock?: () => number;
  /** What is counted together with the process's other threads. @default - this gateway's alone */
  readonly memory?: SharedMemory;
  /** Which of the threads that share `memory` this is, from 0. @default 0 */
  readonly thread?: number;
  /** Milliseconds since 1970, of which the ages of cached responses are made. @default - Date.now */
  readonly wallClock?: (() => number) | undefined;
  /** Where files and batches are stored. @default - there are none, whatever the configuration */
  readonly batchStorage?: BatchStorage;
  /** @default - engines are probed every 2 s, their target groups read every 3 s */
  readonly intervals?: EngineDirectoryIntervals;
  /** Where responses of `/v1/responses` are stored. @default - they are not */
  readonly responses?: ResponseStore;
  /** Milliseconds between two pings of a WebSocket. @default 30000 */
  readonly heartbeatMs?: number;
  /** Connections, and requests, that may be open at once. @default - 8,192, and 4,096 of one address */
  readonly connections?: CallerSharesOptions;
  /** Steps that replace the pipeline's own, for tests in which one fails. @default - none */
  readonly steps?: Partial<Steps>;
  /** What is announced as deprecated. @default - the API's own table */
  readonly deprecations?: readonly Deprecation[];
  /** Takes lines in CloudWatch's embedded metric format, without their line break. @default - no such metrics */
  readonly writeMetrics?: (line: string) => void;
  /** What gateways share; closed when this one has drained. @default - this one is alone */
  readonly store?: FastStore | undefined;
  /** Counts requests and tokens by the limits of their subjects; closed when this gateway has drained. @default - that of `memory` */
  readonly limitStore?: LimitStore | undefined;
  /** Counts windows of days and more. @default - requests with such limits are refused */
  readonly quotaStore?: QuotaStore | undefined;
  /** @default - the embedding model of the configuration, through its targets */
  readonly embed?: Embed | undefined;
  /** Reads providers' keys. @default - there are none */
  readonly secrets?: SecretReader;
  /** Signs what goes to Bedrock. @default - there are none */
  readonly awsCredentials?: AwsCredentials;
  /** Resolves providers' names. @default - the system's resolver */
  readonly lookup?: Lookup;
  /** Stores runtime overrides. @default - targets can't be changed at run time */
  readonly changeStore?: ChangeStore;
  /** Where usage events are written. @default - there are none */
  readonly usage?: UsageFiles | undefined;
  /** Where generations of keys that opted in are stored, and the folder of those that wait. @default - none is stored */
  readonly history?: { readonly store: HistoryStore; readonly spool: string } | undefined;
  /** To the other gateways, for lists of requests in progress. @default - this one alone is listed */
  readonly liveBus?: LiveBus | undefined;
  /** Adds up what providers cost. @default - this gateway's spend alone counts */
  readonly spendStore?: SpendStore;
}

export interface Gateway {
  /** Serves one request, below the HTTP server. Never rejects; whoever calls it sends a streamed body, whatever happens. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  /** Starts to listen and to look for engines. @param port 0 for any free one @returns the port */
  listen(port: number, host: string, options?: { readonly reusePort: boolean }): Promise<number>;
  /** What was counted so far, for `createMetricsServer`. */
  metrics(): Promise<ThreadMetrics>;
  /** Resolves when the first round of looking for engines is over, whatever it found. */
  readonly started: Promise<void>;
  /** Takes no more connections, lets open requests finish for at most `config.drainSeconds`, then closes everything. */
  drain(): Promise<void>;
  /** Cached responses, to be cleared; `undefined` where none are stored. */
  readonly cache: Pick<ResponseCache, "clear"> | undefined;
}
