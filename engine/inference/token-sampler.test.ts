import { describe, expect, test } from "vitest";
import { readSampling, type SamplingFields, seedOfChoice } from "./sampling.ts";
import { TokenSampler } from "./token-sampler.ts";

const defaults = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 };
const probabilities = new Map([
  [1, 0.5],
  [2, 0.3],
  [3, 0.2],
]);
const draw = (fields: SamplingFields, times: number, seed = 1) => {
  const sampler = new TokenSampler<number>(readSampling(fields, defaults), seed, []);
  return Array.from({ length: times }, () => sampler.choose(probabilities));
};

describe("token sampler", () => {
  test("takes the most likely token at temperature 0", () => {
    expect(draw({ temperature: 0 }, 3)).toEqual([1, 1, 1]);
  });

  test("repeats itself with the same seed and not with another", () => {
    expect(draw({}, 50)).toEqual(draw({}, 50));
    expect(draw({}, 50)).not.toEqual(draw({}, 50, 2));
  });

  test("draws each token about as often as it is likely", () => {
    const ones = draw({}, 4000).filter((token) => token === 1).length;
    expect(ones / 4000).toBeGreaterThan(0.46);
    expect(ones / 4000).toBeLessThan(0.54);
  });

  test("top_k and top_p exclude the tail", () => {
    expect(new Set(draw({ top_k: 2 }, 200))).toEqual(new Set([1, 2]));
    expect(new Set(draw({ top_p: 0.5 }, 200))).toEqual(new Set([1]));
    expect(new Set(draw({ top_p: 0.7 }, 200))).toEqual(new Set([1, 2]));
    expect(new Set(draw({ min_p: 0.5 }, 200))).toEqual(new Set([1, 2]));
  });

  test("bias and penalties move the choice", () => {
    expect(draw({ temperature: 0, logit_bias: { "3": 5 } }, 1)).toEqual([3]);
    expect(draw({ temperature: 0, presence_penalty: 2 }, 3)).toEqual([1, 2, 3]);
    expect(draw({ temperature: 0, frequency_penalty: 0.4 }, 3)).toEqual([1, 1, 2]);
    expect(draw({ temperature: 0, repetition_penalty: 2 }, 2)).toEqual([1, 2]);
  });
});

describe("sampling", () => {
  test("fills in the model's defaults and brings any seed into 32 bits", () => {
    const sampling = readSampling({ seed: -1, top_k: -1 }, { ...defaults, temperature: 0.2, topK: 20 });
    expect(sampling).toMatchObject({ temperature: 0.2, topK: 0, seed: 0xffffffff });
  });

  test("the completions of one request get different seeds, the same ones each time", () => {
    expect([0, 1, 2].map((choice) => seedOfChoice(7, choice))).toEqual([7, 8, 9]);
    expect(seedOfChoice(0xffffffff, 0)).not.toBe(0xffffffff);
    expect(seedOfChoice(0xffffffff, 3)).toBe(2);
  });
});
