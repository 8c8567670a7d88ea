import { errors } from "undici";
import { expect, test } from "vitest";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { connectionFailure } from "./classify-failure.ts";

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
