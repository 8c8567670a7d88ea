import { describe, expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

/** How many of `tries` requests at one moment pass. */
const passing = (bucket: TokenBucket, tries: number) =>
  Array.from({ length: tries }, () => bucket.take()).filter((taken) => taken).length;

describe("a throttle", () => {
  test("lets the burst through at once and refuses the next", () => {
    expect(passing(new TokenBucket(1, 3, () => 0), 10)).toBe(3);
  });

  test("refills at its rate", () => {
    let now = 0;
    const bucket = new TokenBucket(2, 3, () => now);
    passing(bucket, 3);
    now = 499;
    expect(bucket.take()).toBe(false);
    now = 1000;
    expect(passing(bucket, 10)).toBe(2);
  });

  test("never holds more than the burst, however long no token was taken", () => {
    let now = 0;
    const bucket = new TokenBucket(10, 3, () => now);
    now = 3_600_000;
    expect(passing(bucket, 10)).toBe(3);
  });

  test("loses no tokens when the clock is set back", () => {
    let now = 100_000;
    const bucket = new TokenBucket(1, 3, () => now);
    bucket.take();
    now = 0;
    expect(passing(bucket, 10)).toBe(2);
  });
});
