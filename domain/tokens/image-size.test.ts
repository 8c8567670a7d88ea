import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gif, jpeg, png, webp } from "../../test-support/image-headers.ts";
import { imageSize } from "./image-size.ts";

const FORMATS = {
  png,
  gif,
  jpeg,
  "jpeg behind a thumbnail": (width: number, height: number) => jpeg(width, height, 60_000),
  "webp, lossy": (width: number, height: number) => webp("VP8 ", width, height),
  "webp, lossless": (width: number, height: number) => webp("VP8L", width, height),
  "webp, extended": (width: number, height: number) => webp("VP8X", width, height),
};

describe("the size of an image", () => {
  test.each(Object.entries(FORMATS))("is read from the header of %s", (_name, write) => {
    const side = fc.integer({ min: 1, max: 16_000 });
    void fc.assert(
      fc.property(side, side, (width, height) => {
        expect(imageSize(write(width, height))).toEqual({ width, height });
      }),
    );
  });

  test("is unknown, without an error, for any other bytes, and for a header that is cut off", () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const started = fc.constantFrom(...Object.values(FORMATS)).map((write) => write(10, 10));
    const cut = fc.tuple(started, fc.nat(60)).map(([whole, length]) => whole.subarray(0, length));
    void fc.assert(
      fc.property(fc.oneof(bytes, cut), (any) => {
        expect(() => imageSize(any)).not.toThrow();
      }),
    );
    expect(imageSize(Buffer.from("%PDF-1.7"))).toBeUndefined();
  });
});
