import { expect, test } from "vitest";
import { catalogInstanceType } from "../catalog/instance-types.ts";
import { catalogModel, type ModelId } from "../catalog/models.ts";
import { secondsPerResponse, tokensPerSecond } from "./throughput.ts";

const engine = (id: ModelId) => ({
  model: catalogModel(id),
  gpu: catalogInstanceType("p5.4xlarge").gpu!,
  tensorParallel: 1,
});
const estimate = (id: ModelId, sequences: number, completionTokens = 1000) =>
  tokensPerSecond({ ...engine(id), sequences, promptTokens: 1, completionTokens });

test("one sequence decodes as fast as the weights are read: 16.4 GB at 60 % of 3.35 TB/s are 123 tokens a second", () => {
  expect(estimate("qwen3-8b", 1)).toBeCloseTo((3350e9 * 0.6) / (15.26 * 2 ** 30), -1);
});

test("a whole response takes as long as its share of what the engine computes with so many sequences", () => {
  const input = { ...engine("qwen3-8b"), promptTokens: 1000, completionTokens: 500, sequences: 16 };
  expect(secondsPerResponse(input)).toBeCloseTo((16 * 1500) / tokensPerSecond(input), 6);
  expect(secondsPerResponse({ ...input, sequences: 1 })).toBeGreaterThan(500 / 123); // at the speed of one sequence
});

test("more sequences share a reading of the weights, until the arithmetic is the bound", () => {
  expect(estimate("qwen3-8b", 16)).toBeGreaterThan(12 * estimate("qwen3-8b", 1));
  const bound = (989e12 * 0.4) / (2 * catalogModel("qwen3-8b").parameters.active);
  expect(estimate("qwen3-8b", 4096, 50)).toBeLessThanOrEqual(bound);
});

test("a model with experts reads those that its sequences choose: one sequence is faster than on the dense model of its size", () => {
  expect(estimate("qwen3-30b-a3b", 1)).toBeGreaterThan(5 * estimate("qwen3-32b", 1));
});
