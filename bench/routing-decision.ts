import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PromptHasher, TOKENS_PER_BLOCK } from "../domain/routing/prompt-blocks.ts";
import { ReplicaRouter } from "../domain/routing/replica-router.ts";
import { percentiles } from "../lib/percentile.ts";
import { loadAverage, machine } from "./machine.ts";

/**
 * Time of one routing decision: canonical prompt, block hashes, fleet-wide prefix match, prediction for each replica,
 * choice; and, apart from it, taking the blocks into the index afterwards. Chat requests of 8,000 tokens (32,000
 * bytes), half of them shared with many requests; the index is full. Wall time: on a machine that is busy, p99 is the
 * scheduler's. `node bench/routing-decision.ts [decisions] [rounds]` writes bench/results/routing-decision.json.
 */
const [decisions = 4000, rounds = 7] = process.argv.slice(2).map(Number);
const PROMPT_BYTES = 32_000;
const PREFIXES = 50;
const BLOCKS_PER_REPLICA = 2048;

/** Text that repeats nowhere; each body takes another piece of it. */
const text = createHash("shake256", { outputLength: 2 ** 22 })
  .update("bench")
  .digest("hex");
const half = PROMPT_BYTES / 2;

function bodyOf(index: number): Readonly<Record<string, unknown>> {
  const from = (index % PREFIXES) * half;
  const at = PREFIXES * half + ((index * 997) % (text.length - (PREFIXES + 1) * half));
  const messages = [
    { role: "system", content: text.slice(from, from + half) },
    { role: "user", content: text.slice(at, at + half) },
  ];
  // As it comes from the wire: parsed, so that strings are flat.
  return JSON.parse(JSON.stringify({ messages }));
}

function figures(microseconds: Float64Array) {
  const { p50, p95, p99 } = percentiles(microseconds, 1);
  return { p50Us: p50, p95Us: p95, p99Us: p99 };
}

/** Microseconds of the decisions, and of what follows them: taking the blocks into the index. */
function measure(replicaCount: number) {
  const hasher = new PromptHasher();
  const router = new ReplicaRouter({
    tokensPerBlock: TOKENS_PER_BLOCK,
    blocksPerReplica: BLOCKS_PER_REPLICA,
    prefillTokensPerSecond: 8000,
    slowStartMs: 30_000,
  });
  const replicas = Array.from({ length: replicaCount }, (_, index) => router.add(`i-${index}:8000`, -1e9));
  const salt = { tenant: "key-1", model: "phi-3-mini" };
  const decision = new Float64Array(decisions);
  const recording = new Float64Array(decisions);
  // Until the index of each replica is full.
  const warmUp = Math.max(2000, replicaCount * 70);
  const open: (() => void)[] = [];
  for (let index = -warmUp; index < decisions; index++) {
    const fields = bodyOf(index + warmUp);
    const now = performance.now();
    if (index % 100 === 0)
      for (const replica of replicas) replica.report({ at: now, running: 4, waiting: 0, kvCacheUsage: 0.5 });
    const from = process.hrtime.bigint();
    const prompt = { tokens: PROMPT_BYTES / 4, blocks: hasher.blocks(fields, salt) };
    const replica = router.choose(prompt, replicas, now, index + warmUp);
    if (replica === undefined) throw new Error("no replica was chosen");
    const decided = process.hrtime.bigint();
    const ticket = router.send(prompt, replica, { now, usedAt: index + warmUp, isStream: true });
    const to = process.hrtime.bigint();
    if (index >= 0) {
      decision[index] = Number(decided - from) / 1000;
      recording[index] = Number(to - decided) / 1000;
    }
    open.push(() => {
      ticket.firstToken(now);
      ticket.end(now);
    });
    // Four requests in flight at each replica.
    if (open.length > replicaCount * 4) open.shift()?.();
  }
  return { decision: figures(decision), recording: figures(recording) };
}

const results = [8, 64].map((replicas) => ({
  replicas,
  rounds: Array.from({ length: rounds }, () => measure(replicas)),
}));
const report = {
  command: `node bench/routing-decision.ts ${decisions} ${rounds}`,
  machine: machine(),
  promptTokens: PROMPT_BYTES / 4,
  promptBytes: PROMPT_BYTES,
  blocksPerReplica: BLOCKS_PER_REPLICA,
  decisions,
  loadAverage: loadAverage(),
  results,
};
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "routing-decision.json"), `${JSON.stringify(report, null, 2)}\n`);
for (const { replicas, rounds: measured } of results)
  for (const { decision, recording } of measured)
    console.log(
      `${replicas} replicas: decision p50 ${decision.p50Us} us, p95 ${decision.p95Us}, p99 ${decision.p99Us}; ` +
        `recording p50 ${recording.p50Us}, p99 ${recording.p99Us}`,
    );
