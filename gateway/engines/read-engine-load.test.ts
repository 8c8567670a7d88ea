import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { EngineLoads, engineLoadOf } from "./read-engine-load.ts";

const page = (...lines: readonly string[]) => `# TYPE x gauge\n${lines.join("\n")}\n`;

describe("an engine's load", () => {
  test("is read from vLLM's page, summed over the engines inside the server", () => {
    const load = engineLoadOf(
      page(
        'vllm:num_requests_running{engine="0"} 3',
        'vllm:num_requests_running{engine="1"} 2',
        'vllm:num_requests_waiting{engine="0"} 1',
        'vllm:kv_cache_usage_perc{engine="0"} 0.25',
        'vllm:kv_cache_usage_perc{engine="1"} 0.5',
        'vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="1000"} 1',
        "process_start_time_seconds 1.8e+09",
      ),
    );
    expect(load).toEqual({
      running: 5,
      waiting: 1,
      kvCacheUsage: 0.5,
      kvCacheTokens: 16_000,
      startedAt: 1_800_000_000,
    });
  });

  test("is that of one copy of the model where the server has several, and unknown of one that it has not", () => {
    const text = page(
      'vllm:num_requests_running{engine="0"} 3',
      'vllm:num_requests_running{engine="1"} 2',
      'vllm:num_requests_waiting{engine="0"} 1',
      'vllm:num_requests_waiting{engine="1"} 0',
      'vllm:kv_cache_usage_perc{engine="1"} 0.5',
      'vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="1000"} 1',
      'vllm:cache_config_info{block_size="16",engine="1",num_gpu_blocks="900"} 1',
      "process_start_time_seconds 1.8e+09",
    );
    expect(engineLoadOf(text, 1)).toEqual({
      running: 2,
      waiting: 0,
      kvCacheUsage: 0.5,
      kvCacheTokens: 14_400,
      startedAt: 1_800_000_000,
    });
    expect(engineLoadOf(text, 0)).toMatchObject({ running: 3, waiting: 1, kvCacheTokens: 16_000 });
    expect(engineLoadOf(text, 2)).toBeUndefined();
    expect(engineLoadOf(page("vllm:num_requests_running 4"), 0)?.running).toBe(4);
    expect(engineLoadOf(page("vllm:num_requests_running 4"), 1)).toBeUndefined();
  });

  test.each(["1e300", "1e400", "+Inf", "NaN", "-5"])("has no part of a sample of %s", (value) => {
    const load = engineLoadOf(
      page(
        `vllm:num_requests_running{engine="0"} ${value}`,
        'vllm:num_requests_running{engine="1"} 2',
        `vllm:kv_cache_usage_perc ${value}`,
        `vllm:cache_config_info{block_size="${value}",num_gpu_blocks="1000"} 1`,
        `process_start_time_seconds ${value}`,
      ),
    );
    expect(load).toEqual({ running: 2, waiting: 0, kvCacheUsage: 0, kvCacheTokens: undefined, startedAt: undefined });
  });

  test("takes the name of the cache's usage in older versions", () => {
    const load = engineLoadOf(page("vllm:num_requests_running 1", "vllm:gpu_cache_usage_perc 0.75"));
    expect(load?.kvCacheUsage).toBe(0.75);
  });

  test("leaves the cache's size open where the page has none", () => {
    const info = 'vllm:cache_config_info{block_size="16",num_gpu_blocks="None"} 1';
    expect(engineLoadOf(page("vllm:num_requests_running 1", info))?.kvCacheTokens).toBeUndefined();
  });

  test("is unknown when the page has other metrics", () => {
    expect(engineLoadOf(page("process_cpu_seconds_total 3"))).toBeUndefined();
  });
});

test("the page of an instance is read once for all copies of its model that are probed together", async () => {
  let reads = 0;
  let status = 200;
  const text = page(...[0, 1, 2, 3].map((rank) => `vllm:num_requests_running{engine="${rank}"} ${rank + 1}`));
  const server = createServer((_, response) => {
    reads++;
    response.writeHead(status);
    setTimeout(() => response.end(text), 50);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const copies = [0, 1, 2, 3].map((rank) => ({ origin, pool: new Pool(origin), rank, headers: {} }));
  onTestFinished(async () => {
    for (const { pool } of copies) await pool.close();
    server.close();
  });
  const loads = new EngineLoads();
  const round = () => Promise.all(copies.map(async (copy) => (await loads.read(copy, 5000))?.running));
  expect(await round()).toEqual([1, 2, 3, 4]);
  expect(reads).toBe(1);
  expect(await round()).toEqual([1, 2, 3, 4]);
  expect(reads).toBe(2);
  status = 500;
  expect(await round()).toEqual([undefined, undefined, undefined, undefined]);
  expect(reads).toBe(3);
});
