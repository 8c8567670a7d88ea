import type { RegionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import type { CostItem } from "./cost-item.ts";
import { KEYS_IN_USE, threadsOf } from "./table-items.ts";
import { DAYS_PER_MONTH, HOURS_PER_MONTH, SECONDS_PER_MONTH, type Volumes } from "./usage.ts";

/**
 * Of a file with the events of one project, user, key and model: 18 sums and a mark, each of which counts twice in a
 * transaction, and some more sums, as a file may have events of several. An item with its counts of latencies stays within
 * the kilobyte of a unit (`domain/usage/latency-histogram.test.ts`).
 */
const UNITS_PER_FILE = 2 * 25;
/** An event is 500 bytes of JSON, which gzip makes a fifth of. */
const GB_PER_EVENT = 100e-9;
const RUN = { seconds: 0.2, memoryGb: 0.25 } as const;
/** Each 15 minutes the function looks for missed files. */
const SEARCHES = SECONDS_PER_MONTH / 900;
/** Lists of a search: of the files of 4 days, up to 1,000 each. */
const LISTS = 4;
/** A file's mark is read before it is counted, and by each search in the day after it was written: half a unit each, as those reads need not be consistent. */
const MARK_READS = 1 + SEARCHES / DAYS_PER_MONTH / 2;

/** A run of each hour: its segments are read, and written as Parquet, which takes as much room. Seen: 100,000 events in 2 s. */
const ARCHIVE = { runs: SECONDS_PER_MONTH / 3600, seconds: 1, secondsPerEvent: 2e-5, memoryGb: 1, lists: 8 } as const;

/** A run of each hour: the sums of three days are read, and an event of each customer takes a tenth of a second. */
const BILLING = { runs: SECONDS_PER_MONTH / 3600, seconds: 10, memoryGb: 0.25 } as const;

/**
 * Of an hour's share of a pool's cost: 6 sums of the hour and 6 of the day, each of which counts twice in a transaction. An hour has a mark
 * of its own in that transaction and two items with its shares beside them, and reads the files of itself and of the hour before.
 */
const SHARING = { unitsPerShare: 2 * 12, unitsPerHour: 2 + 2, hoursRead: 2 } as const;

interface UsageProps {
  readonly environment: Pick<CostEnvironment, "usage" | "gateways" | "billing" | "pools">;
  readonly prices: RegionPrices;
  readonly volumes: Pick<Volumes, "requests">;
}

/** Files of usage events and their sums: each thread writes one file in `fileSeconds` in which it served requests. */
export function usageItems({ environment, prices, volumes: { requests } }: UsageProps): readonly CostItem[] {
  const { usage = null, billing = null, gateways } = environment;
  if (usage === null) return [];
  const most = gateways.minInstances * threadsOf(environment) * (SECONDS_PER_MONTH / usage.fileSeconds);
  const files = Math.min(requests, most);
  const storedGb = requests * GB_PER_EVENT * (usage.retentionDays / DAYS_PER_MONTH);
  const archive = usage.athena
    ? [
        {
          type: "Lambda",
          what: "time of the writer of Parquet",
          quantity: (ARCHIVE.runs * ARCHIVE.seconds + requests * ARCHIVE.secondsPerEvent) * ARCHIVE.memoryGb,
          price: prices.lambdaGbSeconds,
        } as const,
        {
          type: "S3",
          what: "searches for new usage",
          quantity: ARCHIVE.runs * ARCHIVE.lists,
          price: prices.bucketWrites,
        } as const,
        { type: "S3", what: "files of Parquet", quantity: storedGb, price: prices.bucketGb } as const,
      ]
    : [];
  const reported =
    billing === null
      ? []
      : [
          {
            type: "Lambda",
            what: "time of the reporter to Stripe",
            quantity: BILLING.runs * BILLING.seconds * BILLING.memoryGb,
            price: prices.lambdaGbSeconds,
          } as const,
        ];
  return [
    ...archive,
    ...reported,
    ...sharingItems(environment, files, prices, requests),
    { type: "DynamoDB", what: "sums of usage", quantity: files * UNITS_PER_FILE, price: prices.tableWrites },
    { type: "DynamoDB", what: "marks of counted usage", quantity: files * MARK_READS, price: prices.tableReads },
    { type: "S3", what: "writes of usage events", quantity: files, price: prices.bucketWrites },
    { type: "S3", what: "searches for missed usage events", quantity: SEARCHES * LISTS, price: prices.bucketWrites },
    { type: "S3", what: "files of usage events", quantity: storedGb, price: prices.bucketGb },
    { type: "Lambda", what: "runs of the usage counter", quantity: files, price: prices.lambdaRequests },
    {
      type: "Lambda",
      what: "time of the usage counter",
      quantity: files * RUN.seconds * RUN.memoryGb,
      price: prices.lambdaGbSeconds,
    },
  ];
}

/** Pools whose cost is `amortised`: as if each key in use had a share of each hour, or each request where these are fewer. */
function sharingItems(
  { pools }: UsageProps["environment"],
  files: number,
  prices: RegionPrices,
  requests: number,
): readonly CostItem[] {
  const shared = Object.values(pools).filter(({ cost }) => cost === "amortised").length;
  if (shared === 0) return [];
  const shares = Math.min(requests, shared * KEYS_IN_USE * HOURS_PER_MONTH);
  const units = shares * SHARING.unitsPerShare + HOURS_PER_MONTH * SHARING.unitsPerHour;
  return [
    { type: "DynamoDB", what: "shares of pools' costs", quantity: units, price: prices.tableWrites },
    {
      type: "S3",
      what: "reads for shares of pools' costs",
      quantity: files * SHARING.hoursRead,
      price: prices.bucketReads,
    },
    { type: "CloudWatch", what: "costs of pools read", quantity: HOURS_PER_MONTH * shared, price: prices.metricReads },
  ];
}
