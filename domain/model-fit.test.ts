import { describe, expect, test } from "vitest";
import { fitModel } from "./model-fit.ts";

describe("whether a model fits an instance type", () => {
  const phi = { model: "phi-3-mini-4k-instruct", tensorParallel: 1, contextTokens: 4096 } as const;

  // documented: model-fits-gpu
  test("Phi-3 mini fits on a 16 GiB T4 and has memory for more than one context", () => {
    const fit = fitModel({ ...phi, instanceType: "g4dn.xlarge" });
    expect(fit.fits).toBe(true);
    expect(fit.kvCacheTokens).toBeGreaterThan(2 * 4096);
  });

  test("a 70B model does not fit on one A100 of 40 GiB, and the result has the missing memory", () => {
    const fit = fitModel({
      model: "llama-3.3-70b-instruct",
      instanceType: "p4d.24xlarge",
      tensorParallel: 4,
      contextTokens: 32_768,
    });
    expect(fit).toMatchObject({ fits: false, kvCacheTokens: 21626 });
    expect(fit.arithmetic).toMatch(/= 138\.0 GiB usable; .* = 141\.4 GiB needed; 3\.4 GiB too much/);
  });

  test("GPU memory is what the driver reports: 23 GiB of weights and cache do not fit on an A10G of 22.5 GiB", () => {
    const fit = fitModel({ ...phi, instanceType: "g5.xlarge", contextTokens: 33_000 });
    expect(fit.arithmetic).toMatch(/^1 × \(22\.5 GiB × 0\.9 − 1\.5 GiB\) = 18\.7 GiB usable;/);
    expect(fit.fits).toBe(false); // 7.1 + 12.1 GiB would fit on the data sheet's 24 GiB
  });

  test("an instance without GPU holds no model", () => {
    expect(fitModel({ ...phi, instanceType: "t4g.small" })).toMatchObject({
      fits: false,
      arithmetic: "t4g.small has no GPU",
    });
  });

  test("more tensor parallelism than GPUs is refused by count", () => {
    expect(fitModel({ ...phi, instanceType: "g5.xlarge", tensorParallel: 2 }).arithmetic).toBe(
      "tensorParallel 2 needs 2 GPUs, g5.xlarge has 1",
    );
  });

  test("GPUs that do not divide the attention heads are refused: vLLM can't split 14 heads over 4", () => {
    const pool = { model: "qwen2.5-0.5b-instruct", instanceType: "g5.12xlarge", contextTokens: 4096 } as const;
    expect(fitModel({ ...pool, tensorParallel: 4 }).arithmetic).toBe(
      "tensorParallel 4 does not divide the model's 14 attention heads",
    );
    expect(fitModel({ ...pool, tensorParallel: 2 }).fits).toBe(true);
  });

  test("a format of weights that the GPU can't compute is refused by compute capability", () => {
    const pool = { model: "gpt-oss-20b", tensorParallel: 1, contextTokens: 4096 } as const;
    expect(fitModel({ ...pool, instanceType: "g4dn.xlarge" })).toMatchObject({
      fits: false,
      arithmetic: "weights in mxfp4 need a GPU of compute capability 8.0, NVIDIA T4 has 7.5",
    });
    expect(fitModel({ ...pool, instanceType: "g6.xlarge" }).fits).toBe(true);
  });

  test("a window bounds the cache: half of gpt-oss's layers need 128 tokens of a context of 131,072", () => {
    const pool = {
      model: "gpt-oss-20b",
      instanceType: "g6.xlarge",
      tensorParallel: 1,
      contextTokens: 131_072,
    } as const;
    const { arithmetic, kvCacheTokens } = fitModel(pool);
    expect(arithmetic).toMatch(/\(131072 tokens × 24576 bytes \+ 128 tokens × 24576 bytes\) 3\.0 GiB/);
    expect(kvCacheTokens).toBeGreaterThan(131_072);
  });

  test("a latent cache is whole on every GPU, and KV heads are on several when there are more GPUs than heads", () => {
    const wide = { instanceType: "p5en.48xlarge", tensorParallel: 8, contextTokens: 4096 } as const;
    expect(fitModel({ ...wide, model: "deepseek-v3-0324" }).arithmetic).toMatch(/8 × \(4096 tokens × 70272 bytes\)/);
    expect(fitModel({ ...wide, model: "qwen3-30b-a3b" }).arithmetic).toMatch(/2 × \(4096 tokens × 98304 bytes\)/);
  });
});
