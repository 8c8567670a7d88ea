import { expect, test } from "vitest";
import { addressBucket } from "./client-address.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::ffff:cb00:7107", "203.0.113.7"],
  ["2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("counts %s as %s", (address, bucket) => {
  expect(addressBucket(address)).toBe(bucket);
});

test("two addresses of one /64 share a bucket, those of two /64 do not", () => {
  expect(addressBucket("2001:db8::1")).toBe(addressBucket("2001:db8::ffff:ffff:ffff:ffff"));
  expect(addressBucket("2001:db8::1")).not.toBe(addressBucket("2001:db8:0:1::1"));
});

test.each(["", "unknown", "1.2.3", "203.0.113.7:443", "1.2.3.4, 5.6.7.8"])("%j is not an address", (text) => {
  expect(addressBucket(text)).toBeUndefined();
});
