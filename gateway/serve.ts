import { join } from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Logger, pino } from "pino";
import type { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { DEFAULT_ORGANIZATION } from "../contracts/processes/people.ts";
import { KEYS_POLL_SECONDS } from "../contracts/processes/poll-intervals.ts";
import { AccessTokens } from "../domain/issuers/access-tokens.ts";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { KeyUses } from "../domain/keys/key-uses.ts";
import { fetchDocument } from "../lib/http/fetch-document.ts";
import manifest from "../package.json" with { type: "json" };
import { DynamoChangeStore } from "./admin/dynamo-change-store.ts";
import { createGateway } from "./app.ts";
import type { EngineDiscovery } from "./engines/engine-discovery.ts";
import { SharedDiscovery } from "./engines/shared-discovery.ts";
import { TargetGroupDiscovery } from "./engines/target-group-discovery.ts";
import type { Gateway } from "./gateway-options.ts";
import { DynamoHistoryStore } from "./history/dynamo-history-store.ts";
import type { HistoryStore } from "./history/history-store.ts";
import { CachedKeyStore } from "./keys/cached-key-store.ts";
import { DynamoKeyStore } from "./keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "./keys/key-changes.ts";
import { keyUseWriter } from "./keys/key-use-writer.ts";
import { PrincipalKeys } from "./keys/principal-keys.ts";
import { TokenIdentities } from "./keys/token-identities.ts";
import { completeLaunch } from "./launch/complete-launch.ts";
import { readInstanceId } from "./launch/instance-id.ts";
import { createLimitStore } from "./limits/create-limit-store.ts";
import { RecentLines, withRecentLines } from "./live/lines/recent-lines.ts";
import type { LiveBus } from "./live/live-bus.ts";
import { ThreadBus } from "./live/thread-bus.ts";
import { ValkeyBus } from "./live/valkey-bus.ts";
import type { LineOutput } from "./metrics/line-output.ts";
import { describeFailure } from "./pipeline/settle.ts";
import { AwsSecretReader } from "./providers/aws-secret-reader.ts";
import { DynamoSpendStore } from "./providers/dynamo-spend-store.ts";
import type { SpendStore } from "./providers/spend-account.ts";
import { createQuotaStore } from "./quotas/create-quota-store.ts";
import { DynamoResponseStore } from "./responses/dynamo-response-store.ts";
import type { ResponseStore } from "./responses/response-store.ts";
import type { GatewaySettings } from "./settings.ts";
import type { SharedMemory } from "./shared-memory/shared-memory.ts";
import { threadCount } from "./shared-memory/thread-count.ts";
import { ValkeyStore } from "./store/valkey-store.ts";
import type { UsageFiles } from "./usage/usage-ledger.ts";

export const VERSION = manifest.version;

/** Discovery may take its time: the last known engines serve meanwhile. */
const DISCOVERY_TIMEOUT_MS = 2000;
/** Of one file of usage events, some hundred kilobytes. */
const USAGE_TIMEOUT_MS = 10_000;

export function createLogger(level: string, output: LineOutput): Logger {
  return pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, output);
}

/** Engines by AWS's own lists, called once in an interval however many threads this instance has. */
export function awsDiscovery({ discoverySeconds }: Pick<GatewayConfig, "discoverySeconds">): EngineDiscovery {
  return new SharedDiscovery({
    everyMs: 1000 * discoverySeconds,
    discovery: new TargetGroupDiscovery({
      elb: new ElasticLoadBalancingV2Client({ maxAttempts: 1 }), // the next round is the next attempt
      ec2: new EC2Client({ maxAttempts: 2 }),
      timeoutMs: DISCOVERY_TIMEOUT_MS,
    }),
  });
}

/** Watches the changes of keys for all threads of this process; `undefined` where keys are ignored. */
export function watchKeys(
  { auth, keysTable }: GatewayConfig,
  { keyDrops: memory }: SharedMemory,
): KeyChanges | undefined {
  if (auth === "off") return undefined;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 })); // the next poll is the next attempt
  const read = keyChangesReader(client, keysTable);
  const changes = new KeyChanges({ read, memory, pollMs: 1000 * KEYS_POLL_SECONDS });
  changes.start();
  return changes;
}

/** Reports to Auto Scaling that this instance's gateway serves, where a launch hook waits for that. */
export async function reportReady({ launch }: GatewaySettings, logger: Logger): Promise<void> {
  if (launch === undefined) return;
  const autoScaling = new AutoScalingClient({ maxAttempts: 2 });
  await completeLaunch({ launch, autoScaling, readInstanceId: () => readInstanceId(), logger });
  autoScaling.destroy();
}

/** The gateway of this thread, with AWS behind it. */
export function buildGateway(
  { config, providerKeys, spool, logLevel }: GatewaySettings,
  output: LineOutput,
  memory: SharedMemory,
  thread: number,
  discovery: EngineDiscovery,
): Gateway {
  const recentLines = new RecentLines();
  const logger = createLogger(logLevel, withRecentLines(output, recentLines));
  const dynamodb = new DynamoDBClient({ maxAttempts: 2 });
  const client = DynamoDBDocumentClient.from(dynamodb);
  const { responseStorage } = config;
  const { valkeyUrl } = config;
  const clock = sharedClock();
  const onChange = (isAvailable: boolean) => logger.warn({ isAvailable }, "the shared store");
  const onLimitsChange = (isAvailable: boolean) => logger.warn({ isAvailable }, "the shared store of limits");
  const routes = config.routesTable === null ? undefined : { client, tableName: config.routesTable };
  return createGateway({
    config,
    store: valkeyUrl === null ? undefined : new ValkeyStore({ url: valkeyUrl, onChange }),
    limitStore: createLimitStore({
      config,
      memory: memory.limits,
      threads: threadCount(config),
      thread,
      onChange: onLimitsChange,
      onRefusal: (failure) => logger.error({ failure }, "the shared store of limits refuses calls"),
    }),
    quotaStore: createQuotaStore({ client: singleAttempts(), config, clock, threads: threadCount(config), logger }),
    logger,
    memory,
    thread,
    liveBus: liveBus(config, memory),
    version: VERSION,
    clock,
    requestLog: output,
    recentLines,
    writeMetrics: (line) => output.write(`${line}\n`),
    discovery,
    // The SDK caches the role's credentials and renews them in time.
    awsCredentials: () => dynamodb.config.credentials(),
    secrets: new AwsSecretReader({ client: new SecretsManagerClient({ maxAttempts: 2 }), variables: providerKeys }),
    ...(routes === undefined
      ? {}
      : { changeStore: new DynamoChangeStore(routes), spendStore: spendStore(routes.tableName) }),
    ...(config.batches === null
      ? {}
      : {
          batchStorage: {
            dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3 })),
            s3: new S3Client({ maxAttempts: 3 }),
          },
        }),
    ...keySources(config, client, memory),
    keyUses: new KeyUses({
      write: keyUseWriter(singleAttempts(), config.keysTable),
      memory: memory.keyUses,
      now: clock,
      wallClock: Date.now,
      onFailure: (error) => logger.warn({ failure: describeFailure(error) }, "the last use of a key was not stored"),
    }),
    ...(config.usageFiles === undefined ? {} : { usage: usageFiles(config.usageFiles, spool) }),
    ...(responseStorage === undefined ? {} : { responses: responseStore(client, responseStorage) }),
    ...(config.history === undefined
      ? {}
      : { history: { store: historyStore(config.history), spool: join(spool, "history") } }),
  });
}

/** Where keys are looked up, and tokens in place of keys. */
function keySources(config: GatewayConfig, client: DynamoDBDocumentClient, memory: SharedMemory) {
  const { keysTable: tableName, organization, accessTokens } = config;
  const principals =
    accessTokens &&
    new PrincipalKeys({
      client,
      controlTable: accessTokens.controlTable,
      organization: organization ?? DEFAULT_ORGANIZATION,
      settings: accessTokens,
    });
  const now = () => performance.now();
  const store = new DynamoKeyStore({ client, tableName, organization, principals });
  const keys = new CachedKeyStore({ now, drops: keyDrops(memory.keyDrops), store });
  if (accessTokens === undefined || principals === undefined) return { keys };
  const issuers = new IssuerKeys({ read: fetchDocument, now });
  const tokens = new AccessTokens({ settings: accessTokens, keys: issuers, wallClock: Date.now });
  return { keys, tokens: new TokenIdentities(tokens, principals, now) };
}

/** Between all gateways where they share a Valkey, else between the threads of this one. */
function liveBus(config: GatewayConfig, { process }: SharedMemory): LiveBus | undefined {
  if (config.valkeyUrl !== null) return new ValkeyBus(config.valkeyUrl);
  const threads = threadCount(config);
  return threads === 1 ? undefined : new ThreadBus(process, threads);
}

function spendStore(tableName: string): SpendStore {
  return new DynamoSpendStore({ client: singleAttempts(), tableName });
}

/** For calls that are not repeated by the SDK. */
function singleAttempts(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));
}

/** An object is written once: the shipper tries again, after a pause. */
function usageFiles(
  { bucket: Bucket, fileSeconds }: NonNullable<GatewayConfig["usageFiles"]>,
  spool: string,
): UsageFiles {
  const s3 = new S3Client({ maxAttempts: 1 });
  const put = async (Key: string, Body: Buffer) => {
    const abortSignal = AbortSignal.timeout(USAGE_TIMEOUT_MS);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }), { abortSignal });
  };
  return { spool, fileSeconds, put };
}

function historyStore({
  table: tableName,
  keysTable: keysTableName,
  retentionDays,
}: NonNullable<GatewayConfig["history"]>): HistoryStore {
  const client = singleAttempts(); // the writer tries again, after a pause
  return new DynamoHistoryStore({ client, tableName, keysTableName, retentionDays, now: Date.now });
}

function responseStore(
  client: DynamoDBDocumentClient,
  { table: tableName, ttlSeconds }: NonNullable<GatewayConfig["responseStorage"]>,
): ResponseStore {
  return new DynamoResponseStore({ client, tableName, ttlSeconds, now: Date.now });
}

/**
 * The system's monotonic clock in milliseconds, the same for all threads within microseconds. A thread's `performance.now`
 * goes at the same pace and is cheaper to read, but begins with the thread.
 */
function sharedClock(): () => number {
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return () => performance.now() + offsetMs;
}
