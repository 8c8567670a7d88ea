import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ControlRecord } from "../../contracts/control/records.ts";
import { controlItem } from "../../domain/tenancy/control-items.ts";
import { percentiles } from "../../lib/percentile.ts";
import { startControlStack } from "../control-api/control-stack.ts";
import { loadAverage, machine } from "../machine.ts";

/**
 * Time of the first and of a later page of long lists in the local stack: keys of one project, and users, whose records are written into the control table before. `node bench/large-lists/large-lists.ts [keys]
 * [users]` writes bench/results/large-lists.json.
 */
const [keys = 1_000_000, users = 100_000] = process.argv.slice(2).map(Number);
const PAGES = 50;
const stack = await startControlStack();
const { call } = stack;

const { id: projectId } = (await call("POST", "/projects", { name: "bench" })) as { readonly id: string };
const { id: ownerId } = (await call("POST", `/projects/${projectId}/service_accounts`, { name: "job" })) as {
  readonly id: string;
};
const client = new DynamoDBClient({
  endpoint: /DynamoDB, \S+ EC2 API\s+(http:\S+)/.exec(stack.output)?.[1] ?? "",
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

const TABLE = "sluice-dev-control";
const { Items: stored = [] } = await client.send(new ScanCommand({ TableName: TABLE }));
const organizationId = stored.find(({ recordId }) => recordId?.S?.endsWith(projectId))?.organizationId?.S ?? "";

/** As many records of the organisation as `count`, written by 8 requests at once of 25 items each. */
async function fill(count: number, recordOf: (index: number) => ControlRecord): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) {
      const from = next;
      next += 25;
      const items = Array.from({ length: Math.min(25, count - from) }, (_, index) =>
        marshall(controlItem(organizationId, recordOf(from + index)), { removeUndefinedValues: true }),
      );
      const RequestItems = { [TABLE]: items.map((Item) => ({ PutRequest: { Item } })) };
      await client.send(new BatchWriteItemCommand({ RequestItems }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function timesOf(path: (round: number) => string) {
  const times: number[] = [];
  for (let round = -5; round < PAGES; round++) {
    const begun = performance.now();
    const { data } = (await call("GET", path(round))) as { readonly data: readonly unknown[] };
    if (data.length !== 20) throw new Error(`${path(round)}: ${data.length} of 20 entries`);
    if (round >= 0) times.push(performance.now() - begun);
  }
  return percentiles(times, 1);
}

const idOf = (prefix: string, index: number) => `${prefix}${String(index).padStart(8, "0")}`;
try {
  const begun = performance.now();
  await fill(keys, (index) => ({
    kind: "projectKey",
    version: 1,
    id: idOf("key_", index),
    keyId: idOf("", index),
    projectId,
    ownerId,
    canRotate: true,
    name: `key ${index}`,
    redacted: "sk-…abcd",
    createdAt: 1_790_000_000,
  }));
  await fill(users, (index) => ({
    kind: "user",
    version: 1,
    id: idOf("user-", index),
    email: `person${index}@example.com`,
    role: "reader",
    addedAt: 1_790_000_000,
  }));
  const filledSeconds = Math.round((performance.now() - begun) / 1000);
  const middle = (prefix: string, count: number, round: number) =>
    idOf(prefix, Math.floor(((round + 6) / (PAGES + 7)) * count));
  const report = {
    command: `node bench/large-lists/large-lists.ts ${keys} ${users}`,
    machine: machine(),
    loadAverage: loadAverage(),
    unit: "milliseconds",
    filledSeconds,
    keys: {
      first: await timesOf(() => `/projects/${projectId}/api_keys?limit=20`),
      later: await timesOf((round) => `/projects/${projectId}/api_keys?limit=20&after=${middle("key_", keys, round)}`),
    },
    users: {
      first: await timesOf(() => "/users?limit=20"),
      later: await timesOf((round) => `/users?limit=20&after=${middle("user-", users, round)}`),
    },
  };
  writeFileSync(join(import.meta.dirname, "../results/large-lists.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify(report, null, 2));
} finally {
  await stack.stop();
}
