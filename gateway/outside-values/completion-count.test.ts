import { expect, test } from "vitest";
import { completionCount } from "./completion-count.ts";

test.each([
  [{}, 1],
  [{ n: 16 }, 16],
  [{ n: 2, best_of: 5 }, 5],
  [{ n: null, best_of: null }, 1],
  [{ prompt: "a", n: 3 }, 3],
  [{ prompt: [1, 2, 3] }, 1],
  [{ prompt: ["a", "b", "c"], n: 4 }, 12],
  [{ prompt: [[1], [2]], best_of: 3 }, 6],
  [{ prompt: [] }, 1],
])("%j has %i completions", (fields, count) => {
  expect(completionCount(fields)).toBe(count);
});
