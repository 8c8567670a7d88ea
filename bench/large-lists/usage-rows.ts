import { marshall } from "@aws-sdk/util-dynamodb";
import dynalite from "dynalite/db/index.js";
import { usageTableName } from "../../contracts/processes/names.ts";
import {
  USAGE_GROUPINGS,
  USAGE_STORED_SECONDS,
  USAGE_SUMS,
  USAGE_TABLE,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";
import { bucketStart, usageItemKey } from "../../domain/usage/usage-keys.ts";

/** In a bucket: how many keys were used, of how many owners, in how many projects; and how many models each key used. */
const ACTIVE: Readonly<Record<UsageWidth, { keys: number; users: number; projects: number; models: number }>> = {
  "1d": { keys: 1000, users: 400, projects: 100, models: 2 },
  "1h": { keys: 600, users: 300, projects: 100, models: 2 },
  "1m": { keys: 100, users: 80, projects: 60, models: 1 },
};
const MODELS = 20;
/** Days stay for as long as the table; the other widths for as long as the service stores them. */
const DAYS = 400;
const AT_ONCE = 2000;
const HISTOGRAM = { d20: 40, d24: 30, d28: 20, d31: 8, d35: 2, f14: 50, f18: 30, f22: 15, f26: 5 };
const SCHEMA = {
  KeySchema: [{ AttributeName: USAGE_TABLE.hashKey }, { AttributeName: USAGE_TABLE.rangeKey }],
  AttributeDefinitions: [
    { AttributeName: USAGE_TABLE.hashKey, AttributeType: "S" },
    { AttributeName: USAGE_TABLE.rangeKey, AttributeType: "S" },
  ],
} as const;

/**
 * Writes sums of usage up to now, of all widths and groupings, into the folder of an environment's local tables while no stack uses it.
 * @param share of 11 million rows: of the minutes, hours and days, the last ones
 * @returns how many there are
 */
export async function writeUsageRows(folder: string, environment: string, share: number): Promise<number> {
  const store = dynalite.create({ path: folder });
  const items = store.getItemDb(usageTableName(environment));
  const write = (some: typeof operations) =>
    new Promise<void>((resolve, reject) => items.batch(some, (error) => (error ? reject(error) : resolve())));
  const one = { ...Object.fromEntries(USAGE_SUMS.map((name) => [name, 1_234_567])), ...HISTOGRAM };
  let operations: { readonly type: "put"; readonly key: string; readonly value: object }[] = [];
  let count = 0;
  for (const { key, count: parts } of rows(share)) {
    const sums = Object.fromEntries(Object.entries(one).map(([name, value]) => [name, parts * value]));
    const item = marshall({ ...key, ...sums });
    operations.push({ type: "put", key: dynalite.createKey(item, SCHEMA), value: item });
    count++;
    if (operations.length < AT_ONCE) continue;
    await write(operations);
    operations = [];
  }
  await write(operations);
  await store.db.close();
  return count;
}

/** In the order of their keys within a partition, each with the number of sums of the grouping `all` that it is the sum of. */
function* rows(share: number) {
  const now = Math.floor(Date.now() / 1000);
  for (const width of Object.keys(USAGE_WIDTHS) as readonly UsageWidth[]) {
    const seconds = (USAGE_STORED_SECONDS[width] ?? DAYS * USAGE_WIDTHS["1d"]) * share;
    const first = bucketStart(width, now - seconds) + USAGE_WIDTHS[width];
    for (const grouping of Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[])
      for (let start = first; start <= now; start += USAGE_WIDTHS[width])
        for (const { values, count } of valuesOf(grouping, width))
          yield { key: usageItemKey(width, grouping, start, values), count };
  }
}

interface Row {
  readonly values: readonly string[];
  readonly count: number;
}

function valuesOf(grouping: UsageGrouping, width: UsageWidth): readonly Row[] {
  const { keys, users, projects, models } = ACTIVE[width];
  const all = keys * models;
  // Of so many values in turn, those with an index have one more where they do not fit.
  const some = (prefix: string, count: number, of: number, each: number): readonly Row[] =>
    Array.from({ length: count }, (_, index) => ({
      values: [idOf(prefix, index), "completions"],
      count: each * Math.ceil((of - index) / count),
    }));
  if (grouping === "total") return [{ values: ["completions"], count: all }];
  if (grouping === "project") return some("proj_", projects, keys, models);
  if (grouping === "user") return some("user-", users, keys, models);
  if (grouping === "key") return some("", keys, keys, models);
  if (grouping === "model") return some("model-", MODELS, all, 1);
  return Array.from({ length: all }, (_, index) => {
    const key = Math.floor(index / models);
    const ids = [idOf("proj_", key % projects), idOf("user-", key % users), idOf("", key)];
    return { values: [...ids, idOf("model-", index % MODELS), "false", "completions"], count: 1 };
  });
}

function idOf(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(8, "0")}`;
}
