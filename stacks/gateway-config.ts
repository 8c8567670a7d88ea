import type { EnginePool } from "../constructs/engine/engine-pool.ts";
import { accessTokenSettings } from "../contracts/processes/access-tokens.ts";
import type { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { discoverySeconds } from "../domain/discovery-interval.ts";
import type { Environment, PoolSettings } from "../settings/environment.ts";

const SECONDS_PER_DAY = 86_400;

export interface GatewayConfigProps {
  readonly environment: Environment;
  readonly keysTable: string;
  readonly routesTable: string;
  /** Table of the control API; `undefined` where there is none. */
  readonly controlTable: string | undefined;
  /** Table of stored responses; `undefined` where there are none. */
  readonly responsesTable: string | undefined;
  /** Table and bucket of files and batches; `undefined` where there are none. */
  readonly batchStorage: { readonly tableName: string; readonly bucketName: string } | undefined;
  /** Table and bucket of usage; `undefined` where there are none. */
  readonly usageStore: { readonly tableName: string; readonly bucketName: string } | undefined;
  /** Tables of the history; `undefined` where there is none. */
  readonly historyStore: { readonly tableName: string; readonly keysTableName: string } | undefined;
  readonly engineListenerUrl: string;
  /** The gateways' shared store; `null` where there is none. */
  readonly valkeyUrl: string | null;
  readonly pools: readonly Pick<
    EnginePool,
    | "servedName"
    | "contextTokens"
    | "revision"
    | "targetGroupArn"
    | "host"
    | "maxRequestsPerEngine"
    | "replicasPerInstance"
    | "callsTools"
    | "seesImages"
    | "takesReasoningEffort"
  >[];
}

/** The configuration of a gateway process, from an environment and its resources. */
export function gatewayConfig(props: GatewayConfigProps): GatewayConfig {
  const { environment, keysTable, routesTable, responsesTable, batchStorage, usageStore, historyStore } = props;
  const { engineListenerUrl, valkeyUrl, pools } = props;
  const { api, batches, gateways, history, identity, responses, usage } = environment;
  return {
    environment: environment.name,
    stage: api.stage,
    auth: api.auth,
    ...(api.endStreamsOnRevoke ? { endStreamsOnRevoke: true } : {}),
    keysTable,
    ...(identity.people?.organization === undefined ? {} : { organization: identity.people.organization }),
    ...accessTokensOf(identity, props.controlTable),
    ...addressLimitsOf(api),
    ...tiersOf(api),
    bodyLimitBytes: api.bodyLimitBytes,
    corsOrigins: api.corsOrigins,
    timeouts: api.timeouts,
    routeTimeouts: Object.fromEntries(
      Object.entries(api.routeTimeouts).flatMap(([route, timeouts]) => (timeouts ? [[route, timeouts]] : [])),
    ),
    queue: api.queue,
    ...(api.entry !== "api-gateway" ? { clientAddressFrom: "load-balancer" as const } : {}),
    drainSeconds: gateways.drainSeconds,
    threads: gateways.threads,
    batches:
      batches === null || batchStorage === undefined
        ? null
        : { ...batches, table: batchStorage.tableName, bucket: batchStorage.bucketName },
    engineListenerUrl,
    discoverySeconds: discoverySeconds({ gateways: gateways.maxInstances, pools: pools.length }),
    cache: environment.cache,
    valkeyUrl,
    gateways: gateways.maxInstances,
    models: pools.map((pool) => ({
      id: pool.servedName,
      revision: pool.revision,
      contextTokens: pool.contextTokens,
      targetGroupArn: pool.targetGroupArn,
      engineHost: pool.host,
      maxRequestsPerEngine: pool.maxRequestsPerEngine,
      ...(pool.replicasPerInstance > 1 ? { replicasPerInstance: pool.replicasPerInstance } : {}),
      ...(pool.callsTools ? {} : { callsTools: false }),
      ...(pool.seesImages ? { seesImages: true } : {}),
      ...(pool.takesReasoningEffort ? { takesReasoningEffort: true } : {}),
      ...priceOf(environment.pools[pool.servedName]),
    })),
    providers: Object.entries(environment.providers).map(([name, settings]) => ({ name, ...settings })),
    routes: Object.entries(environment.routes).map(([name, settings]) => ({ name, ...settings })),
    routesTable,
    ...(api.controlApi ? { controlApi: true } : {}),
    ...(usage === null || usageStore === undefined
      ? {}
      : {
          usageTable: usageStore.tableName,
          ...(usage.whenTableIsGone === "allow" ? { whenUsageTableIsGone: "allow" } : {}),
          ...(usage.markups.length === 0 ? {} : { markups: usage.markups }),
          usageFiles: { bucket: usageStore.bucketName, fileSeconds: usage.fileSeconds },
        }),
    ...historyOf(history, historyStore),
    ...(responses === null || responsesTable === undefined
      ? {}
      : { responseStorage: { table: responsesTable, ttlSeconds: responses.keepDays * SECONDS_PER_DAY } }),
  };
}

function accessTokensOf(
  identity: Environment["identity"],
  controlTable: string | undefined,
): Pick<GatewayConfig, "accessTokens"> {
  const settings = accessTokenSettings(identity);
  if (settings === undefined) return {};
  return { accessTokens: { ...settings, ...(settings.people === undefined ? {} : { controlTable }) } };
}

function tiersOf({ tiers }: Environment["api"]): Pick<GatewayConfig, "tiers"> {
  const all = Object.entries(tiers).map(([name, { limits }]) => [name, limits] as const);
  return all.length === 0 ? {} : { tiers: Object.fromEntries(all) };
}

/** What an address may use, and callers without a key. */
function addressLimitsOf(
  api: Environment["api"],
): Pick<
  GatewayConfig,
  "requestsPerMinutePerIp" | "requestsPerMinutePerIpWithKey" | "trustedAddresses" | "keylessLimits"
> {
  const { requestsPerMinutePerIp, requestsPerMinutePerIpWithKey: withKey, trustedAddresses, keylessLimits } = api;
  return {
    requestsPerMinutePerIp,
    ...(withKey === null ? {} : { requestsPerMinutePerIpWithKey: withKey }),
    ...(keylessLimits.address.length + keylessLimits.all.length === 0 ? {} : { keylessLimits }),
    ...(trustedAddresses.length === 0 ? {} : { trustedAddresses }),
  };
}

function historyOf(
  history: Environment["history"],
  store: GatewayConfigProps["historyStore"],
): Pick<GatewayConfig, "history"> {
  if (history === null || store === undefined) return {};
  const { tableName: table, keysTableName: keysTable } = store;
  return { history: { table, keysTable, retentionDays: history.retentionDays } };
}

function priceOf(pool: PoolSettings | undefined): Pick<GatewayConfig["models"][number], "price"> {
  return pool?.price === undefined ? {} : { price: pool.price };
}
