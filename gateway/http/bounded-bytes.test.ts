import { expect, test } from "vitest";
import { BoundedBytes } from "./bounded-bytes.ts";

test("chunks up to the limit are held, and the one beyond it is dropped", () => {
  const bytes = new BoundedBytes(3);
  expect(String(bytes.whole())).toBe("");
  expect(bytes.push(Buffer.from("ab"))).toBe(true);
  expect(bytes.push(Buffer.from("c"))).toBe(true);
  expect(String(bytes.whole())).toBe("abc");
  expect(bytes.push(Buffer.from("d"))).toBe(false);
  expect(bytes.push(Buffer.from(""))).toBe(false);
  expect(String(bytes.whole())).toBe("abc");
});

test("a single chunk is returned without a copy", () => {
  const chunk = Buffer.from("ab");
  const bytes = new BoundedBytes(3);
  bytes.push(chunk);
  expect(bytes.whole()).toBe(chunk);
});
