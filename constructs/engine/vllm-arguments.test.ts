import { describe, expect, test } from "vitest";
import { maxRequestsPerEngine, vllmArguments } from "./vllm-arguments.ts";

const POOL = {
  servedName: "phi-3-mini",
  model: "phi-3-mini-4k-instruct",
  instanceType: "g5.xlarge",
  tensorParallel: 1,
  contextTokens: 4096,
  maxSequences: 32,
  maxQueued: 16,
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
    });
    expect(argument(list, "--tensor-parallel-size")).toBe("8");
    expect(list).toContain("--enable-chunked-prefill");
  });

  test("name the parser of a model's tool calls, without which vLLM refuses every request with tools", () => {
    const list = vllmArguments({ ...POOL, model: "llama-3.3-70b-instruct" });
    expect(list).toContain("--enable-auto-tool-choice");
    expect(argument(list, "--tool-call-parser")).toBe("llama3_json");
    expect(vllmArguments({ ...POOL, model: "phi-3-medium-4k-instruct" })).not.toContain("--enable-auto-tool-choice");
  });
});
