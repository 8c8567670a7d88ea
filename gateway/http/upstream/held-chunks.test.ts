import { expect, test } from "vitest";
import { HeldChunks } from "./held-chunks.ts";

test("chunks are taken together, in their order, and only once", () => {
  const held = new HeldChunks();
  for (const text of ["one ", "two ", "three"]) held.push(Buffer.from(text));
  expect(held.first?.toString()).toBe("one ");
  expect([held.chunks, held.bytes]).toEqual([3, 13]);
  expect(held.take()?.toString()).toBe("one two three");
  expect([held.first, held.chunks, held.bytes, held.take()]).toEqual([undefined, 0, 0, undefined]);
});

test("one chunk is not copied, also after several were taken", () => {
  const held = new HeldChunks();
  held.push(Buffer.from("a"));
  held.push(Buffer.from("b"));
  held.take();
  const chunk = Buffer.from("c");
  held.push(chunk);
  expect(held.take()).toBe(chunk);
});
