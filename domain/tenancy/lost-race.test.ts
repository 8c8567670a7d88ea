import { describe, expect, test } from "vitest";
import { cancellationText, isLostRace } from "./lost-race.ts";

const FINE = { Code: "None" };

describe("a cancelled transaction", () => {
  test.each([
    ["a failed condition", [FINE, { Code: "ConditionalCheckFailed" }], true],
    ["a conflict", [{ Code: "TransactionConflict" }, FINE], true],
    ["both", [{ Code: "TransactionConflict" }, { Code: "ConditionalCheckFailed" }], true],
    ["too little capacity", [FINE, { Code: "ThrottlingError" }], false],
    [
      "a failed condition and an item that is too large",
      [{ Code: "ConditionalCheckFailed" }, { Code: "ValidationError" }],
      false,
    ],
    ["no reason", [FINE], false],
    ["no list of reasons", undefined, false],
  ])("because of %s is a lost race only when other changes alone are the reason", (_, reasons, expected) => {
    expect(isLostRace(reasons)).toBe(expected);
  });

  test("is described by each reason once, with AWS's message where it has one", () => {
    const reasons = [
      FINE,
      { Code: "ThrottlingError" },
      { Code: "ThrottlingError" },
      { Code: "ValidationError", Message: "Item too large" },
    ];
    expect(cancellationText(reasons)).toBe("ThrottlingError; ValidationError: Item too large");
    expect(cancellationText([FINE])).toBe("no reason is named");
  });
});
