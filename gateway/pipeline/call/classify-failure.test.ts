import { errors } from "undici";
import { expect, test } from "vitest";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { connectionFailure, responseFailure } from "./classify-failure.ts";

test.each([new RangeError("stack"), new TypeError("no function"), new errors.InvalidArgumentError("invalid header")])(
  "a fault of our own is not the upstream's: %s",
  (error) => {
    expect(connectionFailure(error)).toBe(error);
  },
);

test.each([new errors.SocketError("closed"), Object.assign(new Error("reset"), { code: "ECONNRESET" })])(
  "a connection that breaks is the upstream's failure: %s",
  (error) => {
    expect(connectionFailure(error)).toBeInstanceOf(UpstreamFailure);
  },
);

test.each(["pool", "provider"] as const)(
  "a refusal of a %s without a text names no `details`, which it has none of",
  (kind) => {
    for (const status of [400, 422])
      expect(responseFailure(status, undefined, {}, kind)).toMatchObject({
        code: "invalid_request",
        body: { error: { message: expect.stringMatching(/^The model refused the request without a reason/) } },
      });
    expect(responseFailure(413, undefined, {}, kind)).toMatchObject({
      body: { error: { message: expect.stringMatching(/over the size limit/) } },
    });
  },
);
