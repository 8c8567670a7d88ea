import assert from "node:assert/strict";
import { TokenizeResponse } from "../../contracts/api/tokenize.ts";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { findSamples } from "../../lib/prometheus-text.ts";
import { type EngineStack, MODEL } from "./engine-stack.ts";

/** Histograms have their name with `_bucket` behind it. */
const HISTOGRAMS: ReadonlySet<string> = new Set([
  ENGINE_METRICS.timeToFirstToken,
  ENGINE_METRICS.interTokenLatency,
  ENGINE_METRICS.endToEndLatency,
  ENGINE_METRICS.queueTime,
]);

/** Every metric of engines that routing, scaling, draining and dashboards read is on vLLM's own page. */
export async function metricsExist(stack: EngineStack): Promise<void> {
  const { kvCacheUsageBefore: _older, ...read } = ENGINE_METRICS;
  const onDashboards = Object.values(METRICS).map(({ name }) => name);
  const names = [...Object.values(read), ...onDashboards.filter((name) => name.startsWith("vllm:"))];
  for (const engine of stack.engines) {
    const page = await stack.engineMetrics(engine);
    const absent = names.filter(
      (name) => findSamples(page, HISTOGRAMS.has(name) ? `${name}_bucket` : name).length === 0,
    );
    assert.deepEqual(absent, [], "metrics that vLLM does not have");
    const [cache] = findSamples(page, ENGINE_METRICS.cacheConfigInfo);
    const { block_size: blockSize, num_gpu_blocks: blocks } = cache?.labels ?? {};
    assert.ok(Number(blockSize) * Number(blocks) > 0, `the cache's size is ${blockSize} × ${blocks} tokens`);
  }
}

/** The pages that the gateway reads of an engine: health, model and context, tokenizer; and one that is not there. */
export async function pagesExist(stack: EngineStack): Promise<void> {
  for (const engine of stack.engines) {
    assert.equal((await fetch(`${engine}/health`)).status, 200);
    const models = await (await fetch(`${engine}/v1/models`)).json();
    assert.partialDeepStrictEqual(models, { data: [{ id: MODEL, max_model_len: 4096 }] });
  }
  // vLLM serves embeddings only with a model that makes them; that is nothing to try again.
  const embeddings = await stack.post("/v1/embeddings", { input: "List three fruits" });
  assert.deepEqual([embeddings.status, /does not serve this endpoint/.test(await embeddings.text())], [400, true]);
  const response = await stack.post("/tokenize", { prompt: "List three fruits" });
  const { count } = TokenizeResponse.parse(await response.json());
  assert.ok(count >= 3 && count <= 6, `three words have ${count} tokens`);
}
