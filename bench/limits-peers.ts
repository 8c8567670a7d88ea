import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { UseLimit } from "../contracts/limits/use-limit.ts";
import { DEFAULT_ORGANIZATION } from "../contracts/processes/people.ts";
import { subjectLimitsId } from "../domain/limits/subject-limits.ts";
import { startFakeAws } from "../test-support/fake-aws.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { temporaryFolder } from "./children.ts";
import { startLiteLlm } from "./gateway/litellm.ts";
import { startSluice } from "./gateway/sluice.ts";
import type { System } from "./gateway/systems.ts";
import { loadAverage, machine } from "./machine.ts";

/**
 * What Sluice and LiteLLM's proxy admit of a limit when many requests come at once: overshoot, and use of the limit. One
 * process each without a store beside it, the same fake engine, the same requests. LiteLLM's limit is that of a deployment
 * (`rpm`, `tpm`, `otpm` with `enforce_model_rate_limits`): limits and budgets of its keys need a database. Sluice's is the
 * organisation's. `npm run bench limits-peers -- [requests] [rounds]` writes bench/results/limits-peers.json.
 */
const [requests = 100, rounds = 3] = process.argv.slice(2).map(Number);
/** The engine counts so many for the prompt below, and stops at the bound of a completion. */
const PROMPT_TOKENS = 7;
const COMPLETION_TOKENS = 20;
/** Long enough that all requests of a round are under way at once. */
const ENGINE_MS = 1000;
const MINUTE_MS = 60_000;

interface Scenario {
  readonly metric: "requests" | "tokens" | "output_tokens";
  /** In a minute. */
  readonly max: number;
}

const SCENARIOS: readonly Scenario[] = [
  { metric: "requests", max: 20 },
  { metric: "tokens", max: 20 * (PROMPT_TOKENS + COMPLETION_TOKENS) },
  { metric: "output_tokens", max: 20 * COMPLETION_TOKENS },
];
/** LiteLLM's names of the limits. */
const LITELLM_LIMITS = { requests: "rpm", tokens: "tpm", output_tokens: "otpm" } as const;
const BODY = JSON.stringify({
  model: "tiny",
  max_tokens: COMPLETION_TOKENS,
  messages: [{ role: "user", content: "Tell me about sluices." }],
});

/** What all requests of one round have used of the limit, and how they ended. */
interface Round {
  readonly used: number;
  readonly admitted: number;
  readonly statuses: Readonly<Record<string, number>>;
}

interface Usage {
  readonly total_tokens: number;
  readonly completion_tokens: number;
}

/** What a response has used of a limit. */
function amountOf(metric: Scenario["metric"], usage: Usage | undefined): number {
  if (metric === "requests") return 1;
  return (metric === "tokens" ? usage?.total_tokens : usage?.completion_tokens) ?? 0;
}

async function send({ origin, headers }: System) {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: BODY,
  });
  const body = (await response.json()) as { readonly usage?: Usage };
  return { status: response.status, usage: body.usage };
}

/** All requests at once, at the beginning of a minute that nothing was used in. */
async function round(system: System, metric: Scenario["metric"]): Promise<Round> {
  await sleep(MINUTE_MS - (Date.now() % MINUTE_MS) + 500);
  const outcomes = await Promise.all(Array.from({ length: requests }, () => send(system)));
  const admitted = outcomes.filter(({ status }) => status === 200);
  const statuses = Object.groupBy(outcomes, ({ status }) => String(status));
  return {
    used: admitted.reduce((sum, { usage }) => sum + amountOf(metric, usage), 0),
    admitted: admitted.length,
    statuses: Object.fromEntries(Object.entries(statuses).map(([status, of = []]) => [status, of.length])),
  };
}

async function measure(system: System, { metric, max }: Scenario) {
  const measured: Round[] = [];
  for (let index = 0; index < rounds; index++) measured.push(await round(system, metric));
  await system.stop();
  const used = measured.map((one) => one.used);
  return {
    system: system.name,
    version: system.version,
    metric,
    max,
    rounds: measured,
    overshootPercent: Math.max(0, Math.round((100 * (Math.max(...used) - max)) / max)),
    leastUsePercent: Math.round((100 * Math.min(...used)) / max),
  };
}

const engine = await startFakeEngine({ tokens: 50, obeysMaxTokens: true, firstByteMs: ENGINE_MS });
const aws = await startFakeAws();
const folder = temporaryFolder("sluice-limits-peers-");

async function sluice({ metric, max }: Scenario): Promise<System> {
  const limit: UseLimit = { metric, window: "minute", max };
  const keyId = subjectLimitsId({ scope: "organization", subject: DEFAULT_ORGANIZATION });
  aws.keys.set(keyId, { keyId, version: 1, limits: [limit] });
  return startSluice(aws, engine.port, folder);
}

const results = [];
for (const scenario of SCENARIOS) {
  results.push(await measure(await sluice(scenario), scenario));
  const { metric, max } = scenario;
  const limit = { [LITELLM_LIMITS[metric]]: max };
  results.push(await measure(await startLiteLlm(`http://127.0.0.1:${engine.port}`, folder, limit), scenario));
}
await engine.stop();
await aws.stop();

const report = {
  command: `node bench/limits-peers.ts ${requests} ${rounds}`,
  machine: machine(),
  loadAverage: loadAverage(),
  requestsAtOnce: requests,
  engineMs: ENGINE_MS,
  results,
};
const target = join(import.meta.dirname, "results");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "limits-peers.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
process.exit(0);
