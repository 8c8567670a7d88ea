import { describe, expect, test } from "vitest";
import { exactDollars, nanoOf, nanoOfText, shownDollars } from "./money.ts";

describe("money", () => {
  test("of the costs API is summed without the errors of doubles", () => {
    expect([0.1, 0.2, 1234.567891234].map(nanoOf).reduce((sum, nano) => sum + nano, 0n)).toBe(1_234_867_891_234n);
  });

  test("is rounded once, half up, to the cent", () => {
    expect(shownDollars(1_234_994_999_999n)).toEqual({ dollars: 1234.99, digits: 2 });
    expect(shownDollars(1_234_995_000_000n)).toEqual({ dollars: 1235, digits: 2 });
    expect(shownDollars(0n)).toEqual({ dollars: 0, digits: 2 });
  });

  test("below half a cent keeps its digits, so that no charge is shown as nothing", () => {
    expect(shownDollars(324_000n)).toEqual({ dollars: 0.000324, digits: 9 });
  });

  test("has nine digits in a file", () => {
    expect([0n, 12n, 1_234_567_891_234n].map(exactDollars)).toEqual(["0.000000000", "0.000000012", "1234.567891234"]);
  });

  test("of a field is exact, and what could be read in two ways is no amount", () => {
    expect(["12.5", "0.000000001", "7", " 3 "].map((text) => nanoOfText(text, "en"))).toEqual([
      12_500_000_000n,
      1n,
      7_000_000_000n,
      3_000_000_000n,
    ]);
    expect(nanoOfText("12,5", "de")).toBe(12_500_000_000n);
    for (const text of ["", "-1", "1e3", "1,000", "1.0000000001", "99999999"])
      expect(nanoOfText(text, "en")).toBeUndefined();
  });
});
