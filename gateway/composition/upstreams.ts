import { SharedSlots } from "../../domain/targets/shared-slots.ts";
import { AdminApi } from "../admin/admin-api.ts";
import { Changes } from "../admin/changes.ts";
import { Admission } from "../admission/admission.ts";
import { QueueMeasurements } from "../admission/queue-measurements.ts";
import { createCache, type GatewayCache } from "../cache/create-cache.ts";
import { SharedCount } from "../core/shared-count.ts";
import { ENGINE_INTERVALS, EngineDirectory } from "../engines/engine-directory.ts";
import { measureEngines } from "../engines/engine-measurements.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import type { Meter } from "../metrics/meter.ts";
import { REQUEST_INSTRUMENTS } from "../metrics/request-instruments.ts";
import { NO_SECRETS } from "../providers/provider-credential.ts";
import { TargetService } from "../routing/target-service.ts";
import type { Part } from "./part.ts";
import type { ProcessShare } from "./process-share.ts";

/** What stands behind the models of a gateway, and what is between them and the requests. */
export interface Upstreams {
  readonly directory: EngineDirectory;
  readonly targets: TargetService;
  readonly admission: Admission;
  readonly cache: GatewayCache | undefined;
  readonly admin: AdminApi;
  /** The readers of engines, keys and runtime overrides, without which a gateway can't serve. */
  readonly parts: readonly Part[];
}

export function createUpstreams(options: GatewayOptions, share: ProcessShare, meter: Meter): Upstreams {
  const { config, logger } = options;
  const { memory, threads, thread, clock } = share;
  const directory = new EngineDirectory({ ...options, intervals: options.intervals ?? ENGINE_INTERVALS });
  measureEngines(meter, directory);
  const admission = createAdmission(options, share, meter);
  const targets = new TargetService({
    pools: directory.pools,
    declared: config,
    reader: options.secrets ?? NO_SECRETS,
    awsCredentials: options.awsCredentials ?? (() => Promise.reject(new Error("There are no AWS credentials."))),
    logger,
    meter,
    now: clock,
    slots: new SharedSlots(memory.slots, { threads, thread }),
    threads,
    lookup: options.lookup,
    spendStore: options.spendStore,
  });
  const changes = createChanges(options, targets);
  const admin = new AdminApi({ targets, declared: config, changes, logger, now: clock, wallClock: Date.now });
  const cache = createCache({
    ...options,
    meter,
    clears: new SharedCount(memory.cacheClears),
    threads,
    targetsOf: (model) => targets.registry.table.routes.get(model)?.targets.map(({ target }) => target),
    now: options.wallClock ?? Date.now,
  });
  options.quotaStore?.watch?.((alert) => {
    logger.warn({ ...alert }, "a budget has reached a share of its limit");
    meter.add(REQUEST_INSTRUMENTS.budgetAlerts, {});
  });
  const store: Part = { stop: () => options.store?.close() };
  const limits: Part = { stop: () => Promise.all([share.limitStore.close(), options.quotaStore?.close()]) };
  const parts = [store, limits, targets, directory, ...(changes === undefined ? [] : [changes.view])];
  return { directory, targets, admission, cache, admin, parts };
}

function createAdmission({ config }: GatewayOptions, share: ProcessShare, meter: Meter): Admission {
  const { memory, threads, thread, clock } = share;
  const isShared = config.models.length + config.routes.length > 1;
  const admission = new Admission({ limits: config.queue, isShared, clock, memory: memory.queue, threads, thread });
  const models = config.models.map(({ id }) => id);
  admission.watch(new QueueMeasurements(meter, admission, models));
  return admission;
}

function createChanges({ config, logger, changeStore: store, intervals }: GatewayOptions, targets: TargetService) {
  if (store === undefined) return undefined;
  return { store, view: new Changes({ store, targets, declared: config, logger, pollMs: intervals?.changesMs }) };
}
