import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCachedResponse, encodeCachedResponse } from "./cached-response.ts";

describe("a cached response", () => {
  test("is the same after it was written and read", () => {
    const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    void fc.assert(
      fc.property(
        fc.constantFrom("whole" as const, "stream" as const),
        fc.integer({ min: 0, max: 4e12 }),
        count,
        count,
        fc.uint8Array({ maxLength: 200 }),
        (kind, storedAt, promptTokens, completionTokens, array) => {
          const bytes = Buffer.from(array);
          const usageEvent = [Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)] as const;
          const response = { kind, storedAt, promptTokens, completionTokens, usageEvent, bytes };
          expect(decodeCachedResponse(encodeCachedResponse(response))).toEqual(response);
        },
      ),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("is a miss when the time it was stored at is %s", (storedAt) => {
    const parts = {
      kind: "whole",
      promptTokens: 1,
      completionTokens: 1,
      usageEvent: [0, 0],
      bytes: Buffer.from("{}"),
    } as const;
    expect(decodeCachedResponse(encodeCachedResponse({ ...parts, storedAt }))).toBeUndefined();
  });

  test("is a miss, never a wrong response, when other bytes are stored under its key", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (array) => {
        const response = decodeCachedResponse(Buffer.from(array));
        if (response === undefined) return;
        expect(array[0]).toBe(1);
        expect(response.usageEvent[1]).toBeLessThanOrEqual(response.bytes.length);
      }),
    );
    expect(decodeCachedResponse(Buffer.from("2 something else of another version"))).toBeUndefined();
  });
});
