import { describe, expect, test } from "vitest";
import { tasksOfArchitecture } from "../../contracts/engine/vllm-architectures.ts";
import { VLLM_OPTIONS } from "../../contracts/engine/vllm-options.ts";
import { catalogModel, MODEL_IDS, type ModelId } from "../models.ts";
import { cacheBytes, kvCacheOf } from "./kv-cache.ts";
import { WEIGHT_FORMATS, weightsGiB } from "./weight-format.ts";

/** A model without its other formats: two entries of one repository's weights are one model. */
const models = new Set(MODEL_IDS.map((id) => id.replace(/-fp8$/, "")));

describe("the catalogue's models", () => {
  // documented: fifty-models
  test("are more than 60, of every family, with embeddings, rerankers and models that see", () => {
    expect(models.size).toBeGreaterThanOrEqual(60);
    const ids = (pattern: RegExp) => MODEL_IDS.filter((id) => pattern.test(id)).length;
    for (const family of [/^phi-3/, /^phi-4/, /^llama-3\.1/, /^llama-3\.2/, /^llama-3\.3/, /^llama-4/, /^qwen2\.5/])
      expect(ids(family), String(family)).toBeGreaterThan(0);
    for (const family of [
      /^qwen3-/,
      /^qwen3\.5/,
      /^gemma-3/,
      /mistral/,
      /^devstral/,
      /^gpt-oss/,
      /^deepseek-r1-distill/,
    ])
      expect(ids(family), String(family)).toBeGreaterThan(0);
    for (const family of [/^deepseek-v3/, /^smollm/, /^bge-/, /e5-/, /^qwen3-embedding/, /^nomic/, /reranker/, /-vl-/])
      expect(ids(family), String(family)).toBeGreaterThan(0);
    expect(MODEL_IDS.filter((id) => catalogModel(id).seesImages).length).toBeGreaterThan(10);
  });

  test.each(MODEL_IDS)(
    "%s is pinned to a commit or by the bucket's manifest, has a licence and whole KV bytes",
    (id) => {
      const model = catalogModel(id);
      const { hub, revision, pinnedBy } = model.weights;
      if (pinnedBy === "commit") expect(revision).toMatch(/^[0-9a-f]{40}$/);
      else expect([pinnedBy, revision]).toEqual(["manifest", "main"]);
      expect(model.licence.url).toMatch(hub === "none" ? /^file:/ : /^https:\/\//);
      if (!model.config.latent) expect(model.kvBytesPerToken % 1024).toBe(0);
      expect(model.source).toMatch(hub === "none" ? /^file:/ : /^https:\/\//);
    },
  );

  test("those of the first days and half of all are pinned to a commit", () => {
    const pinned = MODEL_IDS.filter((id) => catalogModel(id).weights.pinnedBy === "commit");
    expect(pinned).toEqual(
      expect.arrayContaining(["phi-3-mini-4k-instruct", "phi-3-medium-4k-instruct", "llama-3.3-70b-instruct"]),
    );
    expect(pinned.length).toBeGreaterThan(MODEL_IDS.length / 2);
  });

  test.each(MODEL_IDS)(
    "the parameters of %s follow from its configuration, within 2 % of the published number",
    (id) => {
      const { parameters, publishedParameters } = catalogModel(id);
      expect(Math.abs(parameters.total / publishedParameters - 1)).toBeLessThan(0.02);
      expect(parameters.active).toBeLessThanOrEqual(parameters.total);
    },
  );

  test.each([
    ["llama-3.1-8b-instruct", 8_030_261_248],
    ["qwen2.5-72b-instruct", 72_706_203_648],
    ["qwen3-30b-a3b", 30_532_122_624],
    ["deepseek-v3-0324", 671_026_419_200],
  ] as const)(
    "%s has %i parameters as in the hub's safetensors index, within a hundredth of a percent",
    (id, count) => {
      expect(Math.abs(catalogModel(id).parameters.total / count - 1)).toBeLessThan(0.0001);
    },
  );

  test.each([
    ["qwen3-30b-a3b", 3.3],
    ["gpt-oss-120b", 5.1 + 0.58], // OpenAI counts neither embeddings nor output layer twice
    ["deepseek-v3-0324", 37],
    ["llama-4-scout-17b-16e-instruct", 17],
    ["mixtral-8x7b-instruct-v0.1", 12.9],
    ["phi-3.5-moe-instruct", 6.6],
  ] as const)("%s computes a token with %d billion parameters, within 8 %%", (id, active) => {
    expect(Math.abs(catalogModel(id).parameters.active / (active * 1e9) - 1)).toBeLessThan(0.08);
  });

  test.each(MODEL_IDS)("vLLM has the architecture of %s, and the pinned version serves it", (id) => {
    const { config, task, minimumVllm } = catalogModel(id);
    const tasks = tasksOfArchitecture(config.architecture);
    const wanted = {
      generate: ["generate", "multimodal"],
      embed: ["embed", "generate"],
      rerank: ["classify", "generate"],
    };
    expect(tasks.filter((each) => wanted[task].includes(each)).length, config.architecture).toBeGreaterThan(0);
    const number = (version: string) => version.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0);
    expect(number(minimumVllm)).toBeLessThanOrEqual(number(VLLM_OPTIONS.version));
  });

  test("embedding models and rerankers have no parser, and run in vLLM's pooling mode", () => {
    for (const id of MODEL_IDS) {
      const { task, engineArguments, toolCallParser, reasoningParser } = catalogModel(id);
      expect(engineArguments.includes("pooling"), id).toBe(task !== "generate");
      if (task !== "generate") expect([toolCallParser, reasoningParser], id).toEqual([undefined, undefined]);
    }
  });
});

describe("the size of the weights", () => {
  /** Sizes of the hub's checkpoints, in GiB. */
  test.each([
    ["phi-3-mini-4k-instruct", 7.12],
    ["llama-3.3-70b-instruct", 131.4],
    ["gpt-oss-20b", 12.8],
    ["gpt-oss-120b", 60.8],
    ["llama-3.1-405b-instruct-fp8", 382],
  ] as const)("of %s is %d GiB, within 1 %%", (id, size) => {
    expect(Math.abs(catalogModel(id).weightsGiB / size - 1)).toBeLessThan(0.01);
  });

  test("shrinks with the bits of the format, and embeddings stay in 16 bits on GPUs", () => {
    const { parameters } = catalogModel("qwen2.5-7b-instruct");
    const sizes = Object.fromEntries(WEIGHT_FORMATS.map((format) => [format, weightsGiB(parameters, format)]));
    expect(sizes).toMatchObject({ bf16: 14.18, fp8: 8.108, awq: 5.188, "gguf-q4": 4.335 });
    expect(sizes.awq).toBe(sizes.gptq);
  });
});

describe("the KV cache", () => {
  const perToken = (id: ModelId) => catalogModel(id).kvCache;

  test("of grouped queries is K and V of the KV heads in every layer", () => {
    expect(perToken("llama-3.3-70b-instruct")).toEqual({ bytesPerToken: 2 * 80 * 8 * 128 * 2, heads: 8 });
  });

  test("of latent attention is one compressed vector a layer, whole on every GPU", () => {
    expect(perToken("deepseek-v3-0324")).toEqual({ bytesPerToken: 61 * (512 + 64) * 2, heads: 1 });
  });

  test("of a windowed layer ends at the window", () => {
    const cache = perToken("gemma-3-27b-it");
    expect(cache).toMatchObject({
      bytesPerToken: 10 * 8192,
      window: { tokens: 1024, bytesPerToken: 52 * 8192 },
    });
    expect(cacheBytes(cache, 100)).toBe(100 * 62 * 8192);
    expect(cacheBytes(cache, 131_072)).toBe(131_072 * 10 * 8192 + 1024 * 52 * 8192);
  });

  test("of linear layers is a state of the sequence, which does not grow", () => {
    const cache = perToken("qwen3.5-27b");
    expect(cache).toMatchObject({ bytesPerToken: 2 * 16 * 4 * 256 * 2, stateBytes: 48 * 48 * 128 * 128 * 4 });
    expect(cacheBytes(cache, 2000) - cacheBytes(cache, 1000)).toBe(1000 * cache.bytesPerToken);
  });

  test("of an encoder is none", () => {
    expect(cacheBytes(perToken("bge-m3"), 8192)).toBe(0);
    expect(kvCacheOf(catalogModel("bge-m3").config).bytesPerToken).toBeGreaterThan(0);
  });
});
