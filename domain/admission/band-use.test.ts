import { expect, test } from "vitest";
import { BandUse } from "./band-use.ts";

const requests = (use: { readonly requests: number }) => use.requests;

test("counts waiting requests in total, by share and by tenant, and forgets those without any", () => {
  const use = new BandUse();
  const share = { id: "p", weight: 1 };
  const items = ["a", "a", "b"].map((tenant, index) => ({ tenant, share, bytes: 10 + index, tokens: 5 }));
  for (const item of items) use.add(item);
  expect(use.total).toEqual({ requests: 3, bytes: 33, tokens: 15 });
  expect(use.ofShare(share)).toEqual(use.total);
  expect(use.of({ share, tenant: "a" })).toEqual({ requests: 2, bytes: 21, tokens: 10 });
  expect(use.largestTenantBut(share, "b", requests)).toBe("a");
  expect(use.largestTenantBut(share, "a", requests)).toBe("b");
  for (const item of items) use.delete(item);
  expect(use.total).toEqual({ requests: 0, bytes: 0, tokens: 0 });
  expect(use.partOf({ share })).toBe(0);
  expect(use.largestShareBut({ id: "q", weight: 1 }, requests)).toBeUndefined();
});

test("the largest share is that with most for its weight, and a tenant's part is its share's divided among its tenants", () => {
  const use = new BandUse();
  const [light, heavy] = [
    { id: "light", weight: 1 },
    { id: "heavy", weight: 3 },
  ];
  for (const tenant of ["a", "b"]) use.add({ tenant, share: light, bytes: 1, tokens: 1 });
  for (const tenant of ["c", "c", "d", "d", "d"]) use.add({ tenant, share: heavy, bytes: 1, tokens: 1 });
  expect(use.largestShareBut({ id: "other", weight: 1 }, requests)?.id).toBe("light");
  expect(use.partOf({ share: light })).toBe(1 / 8);
  expect(use.partOf({ share: heavy })).toBe(3 / 8);
});
