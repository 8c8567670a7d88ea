import { describe, expect, test } from "vitest";
import { maxRequestsPerEngine, vllmArguments } from "./vllm-arguments.ts";

const POOL = {
  servedName: "phi-3-mini",
  model: "phi-3-mini-4k-instruct",
  instanceType: "g5.xlarge",
  tensorParallel: 1,
  replicasPerInstance: 1,
  contextTokens: 4096,
  maxSequences: 32,
  maxQueued: 16,
  engineArguments: {},
} as const;
const argument = (list: readonly string[], name: string) => list[list.indexOf(name) + 1];

describe("vLLM's arguments", () => {
  // documented: vllm-arguments
  test("come from pool and catalogue", () => {
    expect(vllmArguments(POOL).join(" ")).toBe(
      "--model /opt/sluice/weights --served-model-name phi-3-mini --port 8000 --max-model-len 4096 --max-num-seqs 32 " +
        "--max-num-queued-reqs 48 --tensor-parallel-size 1 --gpu-memory-utilization 0.9 " +
        "--enable-auto-tool-choice --tool-call-parser hermes --enable-prefix-caching",
    );
  });

  // documented: added-engine-arguments
  test("those of a pool are the last, and replace the catalogue's of the same name", () => {
    const engineArguments = {
      "kv-cache-dtype": "fp8",
      "enable-prefix-caching": false,
      "long-prefill-token-threshold": 2048,
      "cudagraph-capture-sizes": [1, 2, 4],
      "speculative-config": { method: "ngram", num_speculative_tokens: 4 },
      "disable-custom-all-reduce": true,
    };
    const list = vllmArguments({ ...POOL, engineArguments });
    expect(list.slice(list.indexOf("hermes") + 1)).toEqual([
      ...["--kv-cache-dtype", "fp8", "--no-enable-prefix-caching", "--long-prefill-token-threshold", "2048"],
      ...["--cudagraph-capture-sizes", "1", "2", "4"],
      ...["--speculative-config", '{"method":"ngram","num_speculative_tokens":4}', "--disable-custom-all-reduce"],
    ]);
  });

  test("an option of the catalogue that a pool replaces loses its value, too", () => {
    const model = "qwen3-reranker-0.6b";
    const before = vllmArguments({ ...POOL, model });
    const list = vllmArguments({
      ...POOL,
      model,
      engineArguments: { "hf-overrides": { is_original_qwen3_reranker: false } },
    });
    expect(list.filter((word) => word === "--hf-overrides")).toHaveLength(1);
    expect(list).toHaveLength(before.length);
    expect(argument(list, "--hf-overrides")).toBe('{"is_original_qwen3_reranker":false}');
  });

  test("the queue counts running and waiting requests, as the gateway does", () => {
    expect(maxRequestsPerEngine(POOL)).toBe(48);
    expect(argument(vllmArguments(POOL), "--max-num-queued-reqs")).toBe("48");
  });

  test("a GPU without bfloat16 computes in half precision", () => {
    expect(vllmArguments(POOL)).not.toContain("--dtype");
    expect(argument(vllmArguments({ ...POOL, instanceType: "g4dn.xlarge" }), "--dtype")).toBe("half");
  });

  test("a large model is split over its GPUs", () => {
    const list = vllmArguments({
      ...POOL,
      model: "llama-3.3-70b-instruct",
      instanceType: "p4d.24xlarge",
      tensorParallel: 8,
      replicasPerInstance: 1,
    });
    expect(argument(list, "--tensor-parallel-size")).toBe("8");
    expect(list).toContain("--enable-chunked-prefill");
  });

  // documented: replicas-arguments
  test("several copies on one instance are vLLM's data parallelism behind one server, whose queue is for all of them", () => {
    const list = vllmArguments({ ...POOL, instanceType: "g5.12xlarge", replicasPerInstance: 4 });
    expect(argument(list, "--data-parallel-size")).toBe("4");
    expect(argument(list, "--api-server-count")).toBe("1");
    expect(argument(list, "--tensor-parallel-size")).toBe("1");
    expect(argument(list, "--max-num-seqs")).toBe("32");
    expect(argument(list, "--max-num-queued-reqs")).toBe("192");
    expect(vllmArguments(POOL)).not.toContain("--data-parallel-size");
  });

  test("name the parser of a model's tool calls, without which vLLM refuses every request with tools", () => {
    const list = vllmArguments({ ...POOL, model: "llama-3.3-70b-instruct" });
    expect(list).toContain("--enable-auto-tool-choice");
    expect(argument(list, "--tool-call-parser")).toBe("llama3_json");
    expect(vllmArguments({ ...POOL, model: "phi-3-medium-4k-instruct" })).not.toContain("--enable-auto-tool-choice");
  });
});
