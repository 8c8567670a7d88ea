import fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedBytes } from "./bounded-bytes.ts";

test("the whole is what came, in whatever pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 1200 }), (pieces) => {
      const bytes = new BoundedBytes(10_000);
      for (const piece of pieces) expect(bytes.push(Buffer.from(piece))).toBe(true);
      expect(bytes.whole().equals(Buffer.concat(pieces))).toBe(true);
    }),
  );
});

test("a megabyte in chunks of one byte takes some megabytes", () => {
  const bytes = new BoundedBytes(1_000_000);
  const before = process.memoryUsage();
  for (let index = 0; index < 1_000_000; index++) bytes.push(Buffer.allocUnsafe(1));
  const after = process.memoryUsage();
  expect(bytes.whole()).toHaveLength(1_000_000);
  expect(bytes.push(Buffer.alloc(1))).toBe(false);
  // What was dropped and not yet collected is in it too.
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50_000_000);
});
