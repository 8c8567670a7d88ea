import { describe, expect, test } from "vitest";
import { Markups } from "../../contracts/limits/markup.ts";
import { markupFactor } from "./markup.ts";
import { decimalProduct } from "./nano-usd.ts";

const payer = { projectId: "proj_1", plan: "standard", model: "small" };

describe("the factor of a charge", () => {
  test("is that of the first markup that is about the request, else 1", () => {
    const markups = [
      { percent: 5, project: "proj_1", model: "large" },
      { percent: -100, project: "proj_1", model: "small" },
      { percent: 12.5, plan: "standard" },
    ];
    expect(markupFactor(markups, payer)).toBe(0);
    expect(markupFactor(markups, { ...payer, model: "large" })).toBe(1.05);
    expect(markupFactor(markups, { ...payer, projectId: undefined })).toBe(1.125);
    expect(markupFactor(markups, { ...payer, projectId: "proj_2", plan: "gold" })).toBe(1);
    expect(markupFactor([{ percent: 20 }], payer)).toBe(1.2);
  });

  test("of a batch and a markup together is their product as decimals, which doubles are not", () => {
    expect(0.1 * 1.1).not.toBe(0.11);
    expect(decimalProduct(0.1, 1.1)).toBe(0.11);
    expect(decimalProduct(0.5, 1.15)).toBe(0.575);
    expect(decimalProduct(1, 0)).toBe(0);
  });
});

test("a markup is a percentage with two decimals at most, from -100", () => {
  const percent = (value: number) => Markups.safeParse([{ percent: value }]).success;
  expect([-100, 0, 12.34, 10_000].every(percent)).toBe(true);
  expect([-100.01, 1.234, 10_001, Number.NaN].some(percent)).toBe(false);
});
