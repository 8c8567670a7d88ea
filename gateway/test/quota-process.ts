import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { QuotaCounter } from "../limits/quota-store.ts";
import { DynamoQuotaTable } from "../quotas/dynamo-quota-table.ts";
import { QuotaAccounts } from "../quotas/quota-accounts.ts";

/**
 * A process with many requests at once under one quota, for tests: each uses a part of what it was granted. It prints a
 * line for each grant (`grant <id> <amount>`) before it uses anything, and for each settlement (`settle <id> <used>`).
 * It ends when so many requests in a row were refused, or goes on until it is killed.
 */
const [endpoint = "", tableName = "", settings = "{}"] = process.argv.slice(2);
const { counters, concurrency, refusals, seed } = JSON.parse(settings) as {
  readonly counters: readonly QuotaCounter[];
  readonly concurrency: number;
  readonly refusals: number;
  readonly seed: number;
};

const client = new DynamoDBClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});
const table = new DynamoQuotaTable({ client: DynamoDBDocumentClient.from(client), tableName });
const store = new QuotaAccounts({ table, now: () => performance.now(), wallClock: Date.now });

let state = seed;
/** Pseudo-random numbers from 0 to 1, the same for the same seed. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

let inARow = 0;
let requests = 0;
async function work(): Promise<void> {
  while (inARow < refusals) {
    const wanted = counters.map((counter) => ({ ...counter, amount: Math.ceil(counter.amount * random()), least: 1 }));
    const grant = await store.reserve(wanted);
    if (!grant?.isGranted) {
      inARow++;
      await sleep(20 + 20 * random());
      continue;
    }
    inARow = 0;
    const id = `${process.pid}-${requests++}`;
    process.stdout.write(`grant ${id} ${grant.amounts.join(" ")}\n`);
    await sleep(10 * random());
    const share = random();
    const used = grant.amounts.map((amount) => Math.ceil(amount * share));
    process.stdout.write(`settle ${id} ${used.join(" ")}\n`);
    grant.settle(used);
  }
}

await Promise.all(Array.from({ length: concurrency }, work));
await store.close();
client.destroy();
