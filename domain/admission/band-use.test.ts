import { expect, test } from "vitest";
import { BandUse } from "./band-use.ts";

test("counts waiting requests, in total and by tenant, and forgets tenants without waiting requests", () => {
  const use = new BandUse();
  const items = ["a", "a", "b"].map((tenant, index) => ({ tenant, bytes: 10 + index, tokens: 5 }));
  for (const item of items) use.add(item);
  expect(use.total).toEqual({ requests: 3, bytes: 33, tokens: 15 });
  expect(use.of("a")).toEqual({ requests: 2, bytes: 21, tokens: 10 });
  expect(use.largestBut("b", ({ requests }) => requests)).toBe("a");
  expect(use.largestBut("a", ({ requests }) => requests)).toBe("b");
  for (const item of items) use.delete(item);
  expect(use.total).toEqual({ requests: 0, bytes: 0, tokens: 0 });
  expect(use.tenants).toBe(0);
  expect(use.largestBut("c", ({ requests }) => requests)).toBeUndefined();
});
