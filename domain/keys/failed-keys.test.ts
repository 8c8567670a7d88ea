import { describe, expect, test } from "vitest";
import { FailedKeys, MAX_FAILED_KEYS_PER_MINUTE } from "./failed-keys.ts";

const START = 1000;

/** The counts of two threads on one memory; `fail` counts so many refused keys of an address in the first one. */
function setUp() {
  const memory = FailedKeys.memory(1000);
  const [keys, other] = [new FailedKeys(1000, memory), new FailedKeys(1000, memory)];
  const fail = (address: string, count: number, now = START) => {
    for (let index = 0; index < count; index++) keys.failed(address, now);
  };
  return { keys, other, fail };
}

describe("refused keys of an address", () => {
  test("let every key be checked until there are too many in a minute, in all threads together", () => {
    const { keys, other, fail } = setUp();
    fail("a", MAX_FAILED_KEYS_PER_MINUTE - 1);
    expect(keys.waitSeconds("a", "k", START)).toBeUndefined();
    other.failed("a", START);
    expect(keys.waitSeconds("a", "k", START)).toBe(60);
    expect(other.waitSeconds("a", undefined, START + 59_000)).toBe(1);
    expect(keys.waitSeconds("b", "k", START)).toBeUndefined();
    expect(keys.waitSeconds("a", "k", START + 60_000)).toBeUndefined();
  });

  test("do not take the access of a key that worked there within ten minutes, and only of it, and only there", () => {
    const { keys, fail } = setUp();
    keys.worked("a", "known", START);
    fail("a", MAX_FAILED_KEYS_PER_MINUTE);
    fail("b", MAX_FAILED_KEYS_PER_MINUTE);
    expect(keys.waitSeconds("a", "known", START)).toBeUndefined();
    expect(keys.waitSeconds("a", "other", START)).toBe(60);
    expect(keys.waitSeconds("b", "known", START)).toBe(60);
  });

  test("take it ten minutes after the key worked there last, and at most a minute later", () => {
    const { keys, fail } = setUp();
    keys.worked("a", "known", START);
    keys.worked("a", "known", START + 59_999);
    const [within, later] = [START + 59_999 + 599_999, START + 660_000];
    for (const now of [within, later]) fail("a", MAX_FAILED_KEYS_PER_MINUTE, now);
    expect(keys.waitSeconds("a", "known", within)).toBeUndefined();
    expect(keys.waitSeconds("a", "known", later)).toBeGreaterThan(0);
    keys.worked("a", "known", later);
    expect(keys.waitSeconds("a", "known", later)).toBeUndefined();
  });

  test("of ten thousand working keys forget the one used least recently", () => {
    const { keys, fail } = setUp();
    keys.worked("a", "first", START);
    keys.worked("a", "second", START);
    for (let index = 0; index < 9998; index++) keys.worked("c", String(index), START);
    keys.worked("a", "first", START + 60_000);
    keys.worked("c", "one more", START + 60_000);
    fail("a", MAX_FAILED_KEYS_PER_MINUTE);
    expect(keys.waitSeconds("a", "first", START)).toBeUndefined();
    expect(keys.waitSeconds("a", "second", START)).toBe(60);
  });
});
