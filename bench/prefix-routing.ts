import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { percentile } from "../lib/percentile.ts";
import { type ModelRequest, ReplicaModel, type ReplicaModelOptions, replay } from "../test-support/replica-model.ts";
import { machine } from "./machine.ts";
import { hitCeiling, readMooncakeTrace, TRACE_BLOCK_TOKENS } from "./mooncake-trace.ts";
import {
  leastLoaded,
  leastPredicted,
  leastTokens,
  leastWork,
  type PolicyOptions,
  roundRobin,
} from "./replica-policies.ts";

/**
 * Replays the published Mooncake conversation trace (an hour, 12,031 requests) against 8 modelled replicas, in simulated
 * time, with several policies for the choice of the replica; ours is the code of `domain/routing` that the gateway runs.
 * `node bench/prefix-routing.ts [path of mooncake_conversation.jsonl]` writes bench/results/prefix-routing.json. The
 * trace is published at https://github.com/kvcache-ai/Mooncake under FAST25-release/traces.
 */
const REPLICAS = 8;
/** Three million tokens each, as in the trace's authors' nodes. */
const CACHE_BLOCKS = 5859;
/** What the router believes before it has measured: the gateway's own default. */
const BELIEVED_TOKENS_PER_SECOND = 8000;

/** Speeds at which one replica reads prompts. */
const SPEEDS = [
  { tokensPerSecond: 7292, what: "Llama-3-70B on 8 A100 40 GB (roofline estimate)" },
  { tokensPerSecond: 9300, what: "where round robin takes 2.22 s, as in the replay that the targets come from" },
  { tokensPerSecond: 10_685, what: "Llama-3-8B on an A100 40 GB (roofline estimate)" },
] as const;

/** Steps of the 70B model: 22.2 ms for one sequence, 35.2 ms for 256 (roofline estimate); vLLM's default chunk. */
const DECODING = {
  stepSeconds: 0.0222,
  sequenceSeconds: (0.0352 - 0.0222) / 255,
  chunkTokens: 2048,
  maxSequences: 256,
};

const POLICIES = {
  "least predicted time (sluice)": leastPredicted,
  "least work, prefixes not looked at": leastWork,
  "least prompt tokens": leastTokens,
  "least loaded (requests in flight)": leastLoaded,
  "round robin": roundRobin,
} as const;

type PolicyName = keyof typeof POLICIES;

function tracePath(): string {
  const argument = process.argv[2];
  if (argument !== undefined) return argument;
  const root = join(import.meta.dirname, "..");
  const candidates = [root, join(root, ".."), join(root, "..", "shared")].map((folder) =>
    join(folder, "traces", "mooncake_conversation.jsonl"),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  console.error(`No trace: pass the path of mooncake_conversation.jsonl, or put it at ${candidates.join(" or ")}.`);
  process.exit(1);
}

interface Figures {
  readonly hitShare: number;
  readonly meanFirstTokenSeconds: number;
  readonly p50FirstTokenSeconds: number;
  readonly p99FirstTokenSeconds: number;
  readonly meanTotalSeconds: number;
  /** Requests of the busiest replica, over the mean. */
  readonly busiest: number;
}

function run(policyName: PolicyName, requests: readonly ModelRequest[], model: Partial<ReplicaModelOptions>): Figures {
  const sizes = { tokensPerBlock: TRACE_BLOCK_TOKENS, cacheBlocks: CACHE_BLOCKS };
  const models = Array.from(
    { length: REPLICAS },
    () => new ReplicaModel({ tokensPerSecond: BELIEVED_TOKENS_PER_SECOND, ...sizes, ...model }),
  );
  const options: PolicyOptions = { models, ...sizes, prefillTokensPerSecond: BELIEVED_TOKENS_PER_SECOND };
  const policy = POLICIES[policyName](options);
  const { tick } = policy;
  const every = tick === undefined ? undefined : { seconds: 2, call: tick };
  const result = replay(requests, models, (request) => policy.choose(request), every);
  const first = result.firstTokenSeconds.toSorted();
  return {
    hitShare: rounded(result.hitShare),
    meanFirstTokenSeconds: rounded(mean(first)),
    p50FirstTokenSeconds: rounded(percentile(first, 0.5)),
    p99FirstTokenSeconds: rounded(percentile(first, 0.99)),
    meanTotalSeconds: rounded(mean(result.totalSeconds)),
    busiest: rounded(Math.max(...result.placed) / (requests.length / REPLICAS)),
  };
}

function runAll(requests: readonly ModelRequest[], model: Partial<ReplicaModelOptions>): Record<PolicyName, Figures> {
  return {
    "least predicted time (sluice)": run("least predicted time (sluice)", requests, model),
    "least work, prefixes not looked at": run("least work, prefixes not looked at", requests, model),
    "least prompt tokens": run("least prompt tokens", requests, model),
    "least loaded (requests in flight)": run("least loaded (requests in flight)", requests, model),
    "round robin": run("round robin", requests, model),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Our policy against each other one. */
function ratios(figures: Record<PolicyName, Figures>) {
  const ours = figures["least predicted time (sluice)"];
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([, theirs]) => theirs !== ours)
      .map(([name, theirs]) => [
        name,
        {
          mean: rounded(ours.meanFirstTokenSeconds / theirs.meanFirstTokenSeconds),
          p99: rounded(ours.p99FirstTokenSeconds / theirs.p99FirstTokenSeconds),
        },
      ]),
  );
}

const path = tracePath();
const trace = readMooncakeTrace(path);
const ceiling = hitCeiling(trace);
const promptsOnly = trace.map((request) => ({ ...request, outputTokens: 0 }));
const noPrefixes = promptsOnly.map((request) => ({ ...request, blocks: new Float64Array(0) }));

const results = SPEEDS.map(({ tokensPerSecond, what }) => {
  const reading = runAll(promptsOnly, { tokensPerSecond });
  const decoding = runAll(trace, { tokensPerSecond, ...DECODING });
  const without = runAll(noPrefixes, { tokensPerSecond });
  const hitOfCeiling = rounded(reading["least predicted time (sluice)"].hitShare / ceiling);
  return {
    tokensPerSecond,
    what,
    hitOfCeiling,
    prefillOnly: { figures: reading, oursOver: ratios(reading) },
    withDecoding: { figures: decoding, oursOver: ratios(decoding) },
    withoutPrefixes: { figures: without, oursOver: ratios(without) },
  };
});

const report = {
  command: "node bench/prefix-routing.ts mooncake_conversation.jsonl",
  machine: machine(),
  note: "Simulated time: the same figures on every machine and in every round.",
  requests: trace.length,
  replicas: REPLICAS,
  cacheBlocks: CACHE_BLOCKS,
  blockTokens: TRACE_BLOCK_TOKENS,
  believedTokensPerSecond: BELIEVED_TOKENS_PER_SECOND,
  hitCeiling: rounded(ceiling),
  results,
};
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "prefix-routing.json"), `${JSON.stringify(report, null, 2)}\n`);

for (const { tokensPerSecond, what, hitOfCeiling, ...parts } of results) {
  console.log(`\n${tokensPerSecond} tokens/s: ${what}; hits ${hitOfCeiling} of the ceiling ${rounded(ceiling)}`);
  for (const [part, { figures }] of Object.entries(parts))
    for (const [name, figure] of Object.entries(figures))
      console.log(
        `  ${part.padEnd(16)} ${name.padEnd(36)} mean ${figure.meanFirstTokenSeconds.toFixed(2)} s  p99 ` +
          `${figure.p99FirstTokenSeconds.toFixed(2)} s  hit ${figure.hitShare.toFixed(3)}`,
      );
}
