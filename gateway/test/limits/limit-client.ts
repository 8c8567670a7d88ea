import { setTimeout as sleep } from "node:timers/promises";
import { ValkeyLimitStore } from "../../limits/valkey-limit-store.ts";
import { seededRandom } from "../simulation/simulated-time.ts";

/**
 * A gateway's share of a run: concurrent requests that are counted in Valkey, until it is killed. Prints one line for
 * each grant (`g id window tokens time`) and, before it is settled, for its use (`s id tokens time`); `window` is the
 * second in which it ends, `time` milliseconds of the machine's monotonic clock. `r window` is a refusal for want of tokens.
 */
const [url = "", seed = "0", limits = "{}"] = process.argv.slice(2);
const { max, progress, leaseMs } = JSON.parse(limits);
const CONCURRENT = 50;
const random = seededRandom(Number(seed));
const store = new ValkeyLimitStore({ url, commandTimeoutMs: 10_000 });
const tokens = { name: "tokens", max, least: 1, windowSeconds: 1 };
const inProgress = { name: "progress", max: progress, amount: 1, windowSeconds: 0 };
const now = () => Number(process.hrtime.bigint()) / 1e6;
let grants = 0;

async function requests(): Promise<never> {
  for (;;) {
    const amount = 1 + Math.floor(random() * 20);
    const outcome = await store.reserve([{ ...tokens, amount }, inProgress], leaseMs);
    if (outcome === undefined) await sleep(10);
    else if (outcome.isGranted) {
      const id = grants++;
      const [granted = 0] = outcome.amounts;
      const window = Math.round((Date.now() + (outcome.resetMs[0] ?? 0)) / 1000);
      console.log(`g ${id} ${window} ${granted} ${now()}`);
      await sleep(random() * 4);
      const used = Math.floor(random() * (granted + 1));
      console.log(`s ${id} ${used} ${now()}`);
      outcome.settle([used, 1]);
    } else {
      if (outcome.counter === 0) console.log(`r ${Math.round((Date.now() + outcome.resetMs) / 1000)}`);
      await sleep(1 + random() * 5);
    }
  }
}

await Promise.all(Array.from({ length: CONCURRENT }, requests));
