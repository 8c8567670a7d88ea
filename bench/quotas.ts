import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LimitGrant } from "../gateway/limits/limit-store.ts";
import type { QuotaCounter } from "../gateway/limits/quota-store.ts";
import { QuotaAccounts } from "../gateway/quotas/quota-accounts.ts";
import { SharedQuotaTable } from "../gateway/test/shared-quota-table.ts";
import { machine } from "./machine.ts";

/**
 * Writes to DynamoDB for a million requests under one quota, by rate, over an hour of simulated time: requests of 1,500
 * tokens at most, of which they use 600, for 5 s each, over the threads of three gateways. The table responds at once, so
 * that no write serves requests that wait together: on AWS there are fewer. `npm run bench quotas` writes
 * bench/results/quotas.json.
 */
const GATEWAYS = 3;
const THREADS = 2;
const SECONDS = 3600;
const AMOUNT = 1500;
const USED = 600;
const DURATION_MS = 5000;

interface Scenario {
  readonly name: string;
  readonly perSecond: number;
  readonly max: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "1 request a minute, 1 million tokens a day", perSecond: 1 / 60, max: 1e6 },
  { name: "1 request a second, 10 million tokens a day", perSecond: 1, max: 1e7 },
  { name: "20 requests a second, 1 billion tokens a month", perSecond: 20, max: 1e9 },
  { name: "200 requests a second, 100 billion tokens a month", perSecond: 200, max: 1e11 },
];

async function writesPerMillion({ perSecond, max }: Scenario): Promise<number> {
  const table = new SharedQuotaTable();
  let ms = 0;
  const wallClock = () => Date.parse("2026-11-02T00:00:00Z") + ms;
  const create = () => new QuotaAccounts({ table, now: () => ms, wallClock, threads: THREADS });
  const stores = Array.from({ length: GATEWAYS * THREADS }, create);
  const counter: QuotaCounter = {
    name: "project:proj_1:tokens:month",
    window: "month",
    timeZone: "UTC",
    max,
    amount: AMOUNT,
    isMoney: false,
  };
  const open: { readonly endsAt: number; readonly grant: LimitGrant }[] = [];
  const requests = Math.round(perSecond * SECONDS);
  let nextTend = 1000;
  for (let index = 0; index < requests; index++) {
    const at = (1000 * index) / perSecond;
    while (nextTend <= at) {
      ms = nextTend;
      for (let first = open[0]; first !== undefined && first.endsAt <= ms; first = open[0]) {
        first.grant.settle([USED]);
        open.shift();
      }
      await Promise.all(stores.map((store) => store.tend()));
      nextTend += 1000;
    }
    ms = at;
    const grant = await stores[index % stores.length]?.reserve([counter]);
    if (grant?.isGranted !== true) throw new Error(`request ${index} was not granted`);
    open.push({ endsAt: at + DURATION_MS, grant });
  }
  for (const { grant } of open) grant.settle([USED]);
  await Promise.all(stores.map((store) => store.close()));
  const used = [...table.drawn.values()].reduce((sum, drawn) => sum + drawn, 0);
  if (used !== requests * USED) throw new Error(`${used} tokens are counted, and ${requests * USED} were used`);
  return Math.round((table.calls / requests) * 1e6);
}

const scenarios: { readonly name: string; readonly writesPerMillionRequests: number }[] = [];
for (const scenario of SCENARIOS)
  scenarios.push({ name: scenario.name, writesPerMillionRequests: await writesPerMillion(scenario) });

const report = { command: "node bench/quotas.ts", machine: machine(), gateways: GATEWAYS, threads: THREADS, scenarios };
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "quotas.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
