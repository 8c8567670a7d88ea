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

/** A client of the gateway that disconnects: vLLM's sequence ends, and its tokens are not computed any more. */
export async function abortFreesSequence(stack: EngineStack): Promise<void> {
  const load = async () => (await Promise.all(stack.engines.map((engine) => stack.load(engine)))).reduce(sum);
  const tokens = async () => {
    const { generationTokens } = ENGINE_METRICS;
    return (await Promise.all(stack.engines.map((engine) => stack.engineMetric(engine, generationTokens)))).reduce(sum);
  };
  for (const [path, body] of REQUESTS) {
    const before = await tokens();
    const request = stack.open(path, body);
    await until(`${path} is computed`, async () => (await load()) === 1 && (await tokens()) > before + 2);
    await request.abort();
    await until(`the aborted ${path} has left vLLM`, async () => (await load()) === 0, 15);
    const after = await tokens();
    await sleep(1000);
    assert.equal(await tokens(), after, `tokens are computed after the abort of ${path}`);
  }
}

function sum(total: number, each: number): number {
  return total + each;
}
