import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { type EngineStack, until } from "./engine-stack.ts";

const MESSAGES = [{ role: "user", content: "Count to a thousand." }];

/** One of each kind: vLLM finds out about a lost client in another way for a stream than for a whole response. */
const REQUESTS: readonly (readonly [string, object])[] = [
  ["/v1/chat/completions", { messages: MESSAGES, stream: true, max_tokens: 3000, ignore_eos: true }],
  ["/v1/chat/completions", { messages: MESSAGES, max_tokens: 3000, ignore_eos: true }],
  ["/v1/completions", { prompt: "Count to a thousand.", stream: true, max_tokens: 3000, ignore_eos: true }],
  ["/v1/messages", { messages: MESSAGES, stream: true, max_tokens: 3000 }],
  ["/v1/responses", { input: "Count to a thousand.", stream: true, max_output_tokens: 3000 }],
];

const ATTEMPTS = 20;

/** A client of the gateway that disconnects: vLLM's sequence ends, and its tokens are not computed any more. */
export async function abortFreesSequence(stack: EngineStack): Promise<void> {
  const load = async () => (await Promise.all(stack.engines.map((engine) => stack.load(engine)))).reduce(sum);
  const tokens = async () => {
    const { generationTokens } = ENGINE_METRICS;
    return (await Promise.all(stack.engines.map((engine) => stack.engineMetric(engine, generationTokens)))).reduce(sum);
  };
  for (const [path, body] of REQUESTS) {
    await abortWhileComputed(stack, path, body, { load, tokens });
    await until(`the aborted ${path} has left vLLM`, async () => (await load()) === 0, 15);
    const after = await tokens();
    await sleep(1000);
    assert.equal(await tokens(), after, `tokens are computed after the abort of ${path}`);
  }
}

interface Metrics {
  /** Requests that the engines hold. */
  load(): Promise<number>;
  /** Tokens that they have computed so far. */
  tokens(): Promise<number>;
}

/**
 * Aborts a request while vLLM computes its tokens. Messages and Responses have no field by which a model may not end its
 * text: one that has ended before is sent again.
 * @throws where a response is an error, or all have ended too early
 */
async function abortWhileComputed(stack: EngineStack, path: string, body: object, { load, tokens }: Metrics) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await tokens();
    const request = stack.open(path, body);
    await until(
      `${path} is computed`,
      async () => request.hasEnded() || ((await load()) === 1 && (await tokens()) > before + 2),
    );
    const wasComputed = !request.hasEnded();
    await request.abort();
    if (wasComputed) return;
    const { status } = await request.response;
    assert.equal(status, 200, path);
  }
  throw new Error(`${path}: each of ${ATTEMPTS} responses ended before its abort`);
}

function sum(total: number, each: number): number {
  return total + each;
}
