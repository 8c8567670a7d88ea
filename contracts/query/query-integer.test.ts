import { expect, test } from "vitest";
import * as z from "zod";
import { queryInteger } from "./query-integer.ts";

const Query = z.strictObject({ limit: queryInteger(z.int().min(1).max(100)).default(20) });

test.each(["1e3", "0x10", " 5", "5 ", "", "+5", "5.0", "05", "1_0", "Infinity", "99999999999999999"])(
  "%j is no whole number of a query",
  (limit) => {
    const issue = {
      code: "custom",
      path: ["limit"],
      message: "must be a whole number of 1 to 16 decimal digits without leading zeros; correct it",
    };
    expect(Query.safeParse({ limit }).error?.issues).toEqual([issue]);
  },
);

test("a whole number of a query is held to its bounds, and has its default where it is missing", () => {
  expect([Query.parse({ limit: "5" }), Query.parse({})]).toEqual([{ limit: 5 }, { limit: 20 }]);
  const refused = ["0", "101", "-5"].map((limit) => Query.safeParse({ limit }).error?.issues[0]?.code);
  expect(refused).toEqual(["too_small", "too_big", "too_small"]);
});
