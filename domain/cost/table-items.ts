import { catalogInstanceType } from "../../catalog/instance-types.ts";
import type { RegionPrices } from "../../catalog/prices/region-prices.ts";
import {
  BATCHES_POLL_SECONDS,
  KEY_USE_SECONDS,
  KEYS_POLL_SECONDS,
  ROUTES_POLL_SECONDS,
} from "../../contracts/processes/poll-intervals.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import type { CostItem } from "./cost-item.ts";
import { GATEWAY_FLEET } from "./fleet-items.ts";
import { DAYS_PER_MONTH, SECONDS_PER_MONTH, type Volumes } from "./usage.ts";

/** The reads of both polls are strongly consistent and of less than 4 KB. */
const UNITS_OF_A_LOOK = 1;
/** Keys that clients use at the same time, all month. */
export const KEYS_IN_USE = 10;
/** A write unit is of 1 KB. */
const GB_PER_UNIT = 1e-6;

export interface TableProps {
  readonly environment: CostEnvironment;
  readonly prices: RegionPrices;
  readonly volumes: Volumes;
}

/** Tables of keys, routes, stored responses and batches, and the batches' bucket: most of their cost are the polls of idle gateways. */
export function tableItems({ environment, prices, volumes }: TableProps): readonly CostItem[] {
  const { responses = null, batches = null, history = null } = environment;
  const threads = threadsOf(environment);
  const look = (what: string, seconds: number, readers = threads): CostItem => ({
    type: "DynamoDB",
    what,
    quantity: (SECONDS_PER_MONTH / seconds) * UNITS_OF_A_LOOK * readers,
    price: prices.tableReads,
    fleet: GATEWAY_FLEET,
  });
  return [
    look("looks for changed routes", ROUTES_POLL_SECONDS),
    ...(environment.api.auth === "off"
      ? []
      : [look("looks for changed keys", KEYS_POLL_SECONDS, 1), keyUses(volumes, prices)]),
    ...(responses === null ? [] : responseItems(responses.keepDays, prices, volumes)),
    ...(history === null ? [] : historyItems(history.retentionDays, prices, volumes)),
    ...(batches === null ? [] : [look("looks for batches", BATCHES_POLL_SECONDS), ...batchItems(prices, volumes)]),
  ];
}

/** A write for each key and minute in which it is used, at most one for each request. */
function keyUses({ requests }: Volumes, prices: RegionPrices): CostItem {
  const minutes = KEYS_IN_USE * (SECONDS_PER_MONTH / KEY_USE_SECONDS);
  const quantity = Math.min(requests, minutes);
  return { type: "DynamoDB", what: "last uses of keys", quantity, price: prices.tableWrites };
}

/** Threads of one gateway. */
export function threadsOf({ gateways: { threads = 1, instanceType } }: Pick<CostEnvironment, "gateways">): number {
  return threads === "per-core" ? catalogInstanceType(instanceType).vcpus : threads;
}

function responseItems(keepDays: number, prices: RegionPrices, { storedResponseUnits }: Volumes): readonly CostItem[] {
  const storedGb = storedResponseUnits * GB_PER_UNIT * (keepDays / DAYS_PER_MONTH);
  return [
    { type: "DynamoDB", what: "stored responses", quantity: storedResponseUnits, price: prices.tableWrites },
    { type: "DynamoDB", what: "storage of stored responses", quantity: storedGb, price: prices.tableGb },
    { type: "DynamoDB", what: "recovery of stored responses", quantity: storedGb, price: prices.tableRecoveryGb },
  ];
}

/** Of two entries in lists. */
const UNITS_OF_LISTS = 2;
/** gzip makes less than a half of prompts and events. */
const PACKED_SHARE = 0.5;

/** As if every project had opted in. */
function historyItems(
  retentionDays: number,
  prices: RegionPrices,
  { requests, responseGb, engineGb }: Volumes,
): readonly CostItem[] {
  const contentGb = Math.max(engineGb, responseGb) * PACKED_SHARE;
  const units = requests * (1 + UNITS_OF_LISTS) + contentGb / GB_PER_UNIT;
  const storedGb = (contentGb + requests * UNITS_OF_LISTS * GB_PER_UNIT) * (retentionDays / DAYS_PER_MONTH);
  return [
    { type: "DynamoDB", what: "writes of the history", quantity: units, price: prices.tableWrites },
    { type: "DynamoDB", what: "storage of the history", quantity: storedGb, price: prices.tableGb },
    { type: "DynamoDB", what: "recovery of the history", quantity: storedGb, price: prices.tableRecoveryGb },
  ];
}

function batchItems(prices: RegionPrices, volumes: Volumes): readonly CostItem[] {
  const { batchUnits, batchFileGb, batchFileWrites, heldFileGb, heldFileWrites } = volumes;
  const held: readonly CostItem[] = [
    { type: "S3", what: "copies of held files", quantity: heldFileGb, price: prices.bucketGb },
    { type: "S3", what: "writes of copies of held files", quantity: heldFileWrites, price: prices.bucketWrites },
  ];
  return [
    ...held.filter(({ quantity }) => quantity > 0),
    { type: "DynamoDB", what: "work on batches", quantity: batchUnits, price: prices.tableWrites },
    { type: "S3", what: "files of batches", quantity: batchFileGb, price: prices.bucketGb },
    { type: "S3", what: "writes of batches' files", quantity: batchFileWrites, price: prices.bucketWrites },
  ];
}
