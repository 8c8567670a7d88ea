import { randomBytes } from "node:crypto";
import { BATCH_ENDPOINTS } from "../../contracts/api/batches.ts";
import { DEPRECATIONS } from "../../contracts/api/deprecations.ts";
import { addressRanges } from "../../domain/address-ranges.ts";
import { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { LiveApi } from "../admin/live-api.ts";
import { createAddressLimit } from "../admission/address-limit.ts";
import { BatchService } from "../batches/batch-service.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { ResponsesDialectOptions } from "../dialects/clients/responses/responses.ts";
import { createEndpointTable, generationPaths } from "../endpoints/endpoints.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import type { HistoryRecorder } from "../history/history-recorder.ts";
import type { KeyRevocations } from "../keys/key-revocations.ts";
import { KeylessLimits } from "../limits/keyless-limits.ts";
import { UseLimiter } from "../limits/use-limiter.ts";
import type { RecentLines } from "../live/lines/recent-lines.ts";
import type { LiveBook } from "../live/live-book.ts";
import type { LiveFleet } from "../live/live-fleet.ts";
import { REQUEST_INSTRUMENTS } from "../metrics/request-instruments.ts";
import { referencePages } from "../pages/reference/reference-page.ts";
import type { GenerationTools } from "../pipeline/generate.ts";
import { RequestPipeline } from "../pipeline/request-pipeline.ts";
import { describeFailure } from "../pipeline/settle.ts";
import { STEPS, type Steps } from "../pipeline/steps.ts";
import { MAX_FAILING_ADDRESSES } from "../shared-memory/shared-memory.ts";
import { StreamMemory } from "../shares/stream-memory.ts";
import type { UsageLedger } from "../usage/usage-ledger.ts";
import type { Measurements } from "./measurements.ts";
import type { ProcessShare } from "./process-share.ts";
import type { Upstreams } from "./upstreams.ts";

type Handle = (request: GatewayRequest) => Promise<GatewayResponse>;

export interface RequestsOptions {
  readonly options: GatewayOptions;
  readonly share: ProcessShare;
  readonly upstreams: Upstreams;
  readonly measurements: Measurements;
  readonly isDraining: () => boolean;
  /** @default - requests of a revoked key end by themselves */
  readonly revocations: KeyRevocations | undefined;
  /** Writes usage events. @default - there are none */
  readonly usage: UsageLedger | undefined;
  /** Stores generations of keys that opted in. @default - none is stored */
  readonly history: HistoryRecorder | undefined;
  /** The requests in progress, here and elsewhere. */
  readonly live: Live;
}

/** What lists and stops requests in progress, and has the newest lines of the log. */
export interface Live {
  readonly book: LiveBook;
  readonly fleet: LiveFleet;
  readonly recentLines: RecentLines;
}

/** What serves requests, wherever they come from. */
export interface Requests {
  readonly handle: Handle;
  /** `undefined` in a deployment without files and batches. */
  readonly batches: BatchService | undefined;
}

export function createRequests(parts: RequestsOptions): Requests {
  const { options, share, upstreams, measurements, isDraining, live } = parts;
  const { config, keys, logger, version, deprecations = DEPRECATIONS } = options;
  const { directory, targets, admin } = upstreams;
  const steps: Steps = { ...STEPS, ...options.steps };
  const wallClock = options.wallClock ?? Date.now;
  const batches = createBatches(parts, (request) => pipeline.handle(request));
  const endpoints = createEndpointTable({
    environment: config.environment,
    version,
    createdAt: Math.floor(Date.now() / 1000),
    isDraining,
    directory,
    targets,
    pricing: { markups: config.markups ?? [], wallClock },
    pages: referencePages({ auth: config.auth, controlApi: config.controlApi }, deprecations),
    admin,
    live: new LiveApi({ fleet: live.fleet, logger, wallClock }),
    batches,
    responses: options.responses,
    generation: generationTools(
      options,
      upstreams,
      steps,
      new UseLimiter({ rates: share.limitStore, quotas: options.quotaStore, wallClock }),
    ),
  });
  const pipeline = new RequestPipeline({
    steps,
    endpoints,
    stage: config.stage,
    deprecations,
    addressLimit: createAddressLimit(config, share.memory.addresses),
    now: share.clock,
    auth: config.auth,
    wallClock,
    keys,
    tokens: options.tokens,
    keyUses: options.keyUses,
    revocations: parts.revocations,
    failedKeys: new FailedKeys(MAX_FAILING_ADDRESSES, share.memory.failedKeys),
    logger,
    requestLog: options.requestLog,
    recentLines: live.recentLines,
    meter: measurements.meter,
    usage: parts.usage,
    history: parts.history,
    live: live.book,
    account: (facts) => targets.account(facts),
    onOpen: () => measurements.inFlight.opened(),
    onClose: () => measurements.inFlight.closed(),
  });
  return { handle: (request) => pipeline.handle(request), batches };
}

function generationTools(
  options: GatewayOptions,
  upstreams: Upstreams,
  steps: Steps,
  limiter: UseLimiter,
): GenerationTools {
  const { config, keys, logger, deprecations = DEPRECATIONS } = options;
  const { targets, cache, admission } = upstreams;
  const responses: ResponsesDialectOptions = {
    store: options.responses,
    maxReferredBytes: config.bodyLimitBytes,
    now: Date.now,
    newId: (prefix) => `${prefix}_${randomBytes(24).toString("hex")}`,
    onLost: (failure) => logger.error({ failure: describeFailure(failure) }, "a response was not stored"),
  };
  const { router } = targets;
  const { bodyLimitBytes } = config;
  const memory = new StreamMemory();
  const calls = { ...targets.calls, memory, admission };
  const relays = { now: calls.now, memory, onEnd: (targetId: string) => admission.slotFreed(targetId) };
  const dialects = { responses };
  const wallClock = options.wallClock ?? Date.now;
  const isTrusted = addressRanges(config.trustedAddresses ?? []);
  const keyless = new KeylessLimits({ settings: config.keylessLimits, isTrusted });
  const limits = { limiter, keyless, tiers: config.tiers ?? {}, wallClock };
  return { steps, config, bodyLimitBytes, deprecations, dialects, keys, router, cache, calls, relays, ...limits };
}

function createBatches({ options, measurements }: RequestsOptions, handle: Handle): BatchService | undefined {
  const { batchStorage, config, keys, logger } = options;
  if (config.batches === null || batchStorage === undefined) return undefined;
  return new BatchService({
    ...batchStorage,
    settings: config.batches,
    auth: config.auth,
    keys,
    bodyLimitBytes: config.bodyLimitBytes,
    drainSeconds: config.drainSeconds,
    endpoints: generationPaths(BATCH_ENDPOINTS),
    handle,
    logger,
    onDeadLetter: () => measurements.meter.add(REQUEST_INSTRUMENTS.deadLetters, {}),
  });
}
