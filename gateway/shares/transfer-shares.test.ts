import fc from "fast-check";
import { expect, test } from "vitest";
import { type Transfer, TransferShares } from "./transfer-shares.ts";

const held = (share: Transfer | string): Transfer =>
  typeof share === "string" ? expect.unreachable(`no share: ${share}`) : share;

test("of the caller that holds the most, the transfer without a byte for the longest time gives way to a third caller", () => {
  const shares = new TransferShares({ most: 4, mostPerCaller: 3 });
  const gone: string[] = [];
  const take = (caller: string, name: string) => shares.take(caller, () => gone.push(name));
  const [first] = [held(take("a", "a1")), held(take("a", "a2")), held(take("a", "a3"))];
  held(take("b", "b1"));
  first?.progressed();
  expect(take("a", "a4")).toBe("caller");
  held(take("c", "c1"));
  expect(gone).toEqual(["a2"]);
  // Two, one and one: a fourth caller would have as many as the second gives up.
  held(take("d", "d1"));
  expect(gone).toEqual(["a2", "a3"]);
  expect(take("e", "e1")).toBe("all");
  expect(take("b", "b2")).toBe("all");
  expect(shares.total).toBe(4);
});

test("a transfer that gave way and then ends gives no slot back twice", () => {
  const shares = new TransferShares({ most: 2, mostPerCaller: 2 });
  const [one, two] = [held(shares.take("a", () => {})), held(shares.take("a", () => {}))];
  const other = held(shares.take("b", () => {}));
  one.end();
  one.progressed();
  expect(shares.total).toBe(2);
  for (const each of [two, two, other, one]) each.end();
  expect(shares.total).toBe(0);
  expect(shares.take("c", () => {})).toBeTypeOf("object");
});

test("whatever callers do, one below its fair share gets a slot at once, and no more are held than there are", () => {
  const actions = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(actions, (list) => {
      const shares = new TransferShares({ most: 6, mostPerCaller: 4 });
      const open = new Map<number, Transfer[]>();
      for (const [caller, isTake] of list) {
        const own = open.get(caller) ?? [];
        open.set(caller, own);
        if (!isTake) {
          own.shift()?.end();
          continue;
        }
        const others = [...open.values()].filter((each) => each.length > 0 && each !== own).length;
        const share: Transfer | string = shares.take(String(caller), () => {
          for (const each of open.values()) {
            const at = each.indexOf(share as Transfer);
            if (at >= 0) each.splice(at, 1);
          }
        });
        if (typeof share === "object") own.push(share);
        else if (share === "all") expect(own.length + 1).toBeGreaterThan(Math.floor(6 / (others + 1)));
        expect(shares.total).toBeLessThanOrEqual(6);
      }
    }),
  );
});
