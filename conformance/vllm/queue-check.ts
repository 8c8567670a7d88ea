import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ATTEMPTS_HEADER } from "../../contracts/api/headers.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { SMALL_ENGINE } from "../environment/two-engines/dev.ts";
import type { EngineStack } from "./engine-stack.ts";

const MESSAGES = [{ role: "user", content: "List three fruits" }];
const SHORT = { messages: MESSAGES, max_tokens: 4 };
/** Requests that vLLM holds at once, by `--max-num-queued-reqs`. */
const LIMIT = SMALL_ENGINE.maxSequences + SMALL_ENGINE.maxQueued;

const OPENAI_ERROR = { error: { type: "server_error", code: "overloaded" } };
const ANTHROPIC_ERROR = { type: "error", error: { type: "overloaded_error", details: { error_code: "overloaded" } } };
/** A request of each dialect, and the error that its client gets while every engine is full. */
const OVERLOADED: readonly (readonly [string, object, object])[] = [
  ["/v1/chat/completions", SHORT, OPENAI_ERROR],
  ["/v1/chat/completions", { ...SHORT, stream: true }, OPENAI_ERROR],
  ["/v1/responses", { input: "Hi", max_output_tokens: 16 }, OPENAI_ERROR],
  ["/v1/messages", SHORT, ANTHROPIC_ERROR],
];

/** A request beyond `--max-num-queued-reqs` is a 503 of vLLM, which is the status that the gateway takes for "busy". */
export async function fullQueueIs503(stack: EngineStack): Promise<void> {
  const [engine = ""] = stack.engines;
  const release = await stack.fill([engine], LIMIT);
  try {
    for (const stream of [true, false]) {
      const response = await stack.post("/v1/chat/completions", { ...SHORT, stream }, { to: engine });
      assert.equal(response.status, 503, `stream: ${stream}`);
      assert.match(await response.text(), /busy/);
    }
    assert.equal((await fetch(`${engine}/health`)).status, 200, "a full engine is healthy");
  } finally {
    await release();
  }
}

/** While one engine is full, requests get their response from the other. */
export async function otherEngineResponds(stack: EngineStack): Promise<void> {
  const [full = ""] = stack.engines;
  const release = await stack.fill([full], LIMIT);
  try {
    for (let count = 0; count < 3; count++)
      assert.equal((await stack.post("/v1/chat/completions", SHORT)).status, 200, `request ${count + 1}`);
  } finally {
    await release();
  }
}

/** Requests that find every engine full get 503 and `Retry-After` in the client's own dialect; no breaker opens. */
export async function fullPoolIsOverloaded(stack: EngineStack): Promise<void> {
  const busy = () => stack.gatewayMetric(GATEWAY_METRICS.targetCalls, { outcome: "busy" });
  const before = await busy();
  const release = await stack.fill(stack.engines, LIMIT);
  try {
    for (const [path, body, expected] of OVERLOADED) {
      const response = await stack.post(path, body);
      assert.equal(response.status, 503, path);
      assert.ok(Number(response.headers.get("retry-after")) > 0, `${path} has Retry-After`);
      assert.ok(Number(response.headers.get(ATTEMPTS_HEADER)) > 1, `${path} was sent more than once`);
      assert.partialDeepStrictEqual(await response.json(), expected, path);
    }
    assert.ok((await busy()) >= before + 2 * OVERLOADED.length, "vLLM's own 503 were counted as busy");
    assert.equal(await stack.gatewayMetric(GATEWAY_METRICS.targetBreaker), 0, "state of the breakers");
    // Refused at first, and sent again until there is room.
    const late = stack.post("/v1/chat/completions", SHORT);
    await sleep(300);
    await release();
    assert.equal((await late).status, 200, "a request that was refused, once there is room");
  } finally {
    await release();
  }
  const response = await stack.post("/v1/chat/completions", SHORT);
  assert.deepEqual([response.status, response.headers.get(ATTEMPTS_HEADER)], [200, "1"], "the next request");
}
