import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../../lib/seeded-random.ts";
import { ValkeyLimitStore } from "../../limits/valkey-limit-store.ts";

/**
 * A gateway's share of a run: concurrent requests that are counted in Valkey, until it is killed. Prints one line for
 * each grant (`g id window tokens time leaseEnd`) and, before it is settled, for its use (`s id tokens time`); `window` is the
 * second in which it ends, `time` milliseconds of the machine's monotonic clock, `leaseEnd` the earliest time at which its
 * lease can end. `r window time` is a refusal for want of tokens of a request that was sent at that time. What came back so late that its window is not known is in window 0.
 */
const [url = "", seed = "0", limits = "{}"] = process.argv.slice(2);
const { max, progress, leaseMs } = JSON.parse(limits);
const CONCURRENT = 50;
/** Of the two clocks. */
const ROUNDING_MS = 5;
const random = seededRandom(Number(seed));
const store = new ValkeyLimitStore({ url, commandTimeoutMs: 10_000 });
const tokens = { name: "tokens", max, least: 1, windowSeconds: 1 };
const inProgress = { name: "progress", max: progress, amount: 1, windowSeconds: 0 };
const now = () => Number(process.hrtime.bigint()) / 1e6;
let grants = 0;

/** The second in which a window ends that the server counted in between these two times. */
function windowEnd(sentAt: number, receivedAt: number, resetMs: number): number {
  const [first, last] = [
    Math.ceil((sentAt + resetMs - ROUNDING_MS) / 1000),
    Math.floor((receivedAt + resetMs + ROUNDING_MS) / 1000),
  ];
  return first === last ? first : 0;
}

async function requests(): Promise<never> {
  for (;;) {
    const amount = 1 + Math.floor(random() * 20);
    const [sentAt, requestedAt] = [Date.now(), now()];
    const leaseEnd = requestedAt + leaseMs;
    const outcome = await store.reserve([{ ...tokens, amount }, inProgress], leaseMs);
    if (outcome === undefined) await sleep(10);
    else if (outcome.isGranted) {
      const id = grants++;
      const [granted = 0] = outcome.amounts;
      const window = windowEnd(sentAt, Date.now(), outcome.resetMs[0] ?? 0);
      console.log(`g ${id} ${window} ${granted} ${now()} ${leaseEnd}`);
      await sleep(random() * 4);
      const used = Math.floor(random() * (granted + 1));
      console.log(`s ${id} ${used} ${now()}`);
      outcome.settle([used, 1]);
    } else {
      if (outcome.counter === 0) console.log(`r ${windowEnd(sentAt, Date.now(), outcome.resetMs)} ${requestedAt}`);
      await sleep(1 + random() * 5);
    }
  }
}

await Promise.all(Array.from({ length: CONCURRENT }, requests));
