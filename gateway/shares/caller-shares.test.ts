import { expect, test } from "vitest";
import { CallerShares } from "./caller-shares.ts";

test("a caller gets its own share and no more, all together get what there is", () => {
  const shares = new CallerShares({ most: 3, mostPerCaller: 2 });
  const first = shares.take("a");
  expect(shares.take("a")).toBeTypeOf("function");
  expect(shares.take("a")).toBe("caller");
  expect(shares.take("b")).toBeTypeOf("function");
  expect(shares.take("c")).toBe("all");
  if (typeof first === "function") {
    first();
    first();
  }
  expect(shares.total).toBe(2);
  expect(shares.take("c")).toBeTypeOf("function");
});
