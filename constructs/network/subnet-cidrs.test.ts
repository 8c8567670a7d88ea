import { describe, expect, test } from "vitest";
import { subnetCidrs } from "./subnet-cidrs.ts";

describe("the subnets' ranges", () => {
  test("public ones start at the range's start, gateways' at a quarter, private ones at its middle", () => {
    expect(subnetCidrs("10.20.0.0/16", 3)).toEqual({
      public: ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"],
      gateway: ["10.20.64.0/20", "10.20.80.0/20", "10.20.96.0/20"],
      private: ["10.20.128.0/20", "10.20.144.0/20", "10.20.160.0/20"],
    });
  });

  test("a third zone moves no subnet of the first two", () => {
    const two = subnetCidrs("10.20.0.0/16", 2);
    const three = subnetCidrs("10.20.0.0/16", 3);
    expect(three.public.slice(0, 2)).toEqual(two.public);
    expect(three.gateway.slice(0, 2)).toEqual(two.gateway);
    expect(three.private.slice(0, 2)).toEqual(two.private);
  });

  test("carries into the next part of the address", () => {
    expect(subnetCidrs("172.16.0.0/12", 2).private).toEqual(["172.24.0.0/20", "172.24.16.0/20"]);
  });

  test.each(["10.0.0.0/18", "10.0.0.0/24"])(
    "%s is too small for three zones, and the error says by how much",
    (cidr) => {
      expect(() => subnetCidrs(cidr, 3)).toThrow(/holds \d subnets of \/20, 3 zones need 12; use a \/16/);
    },
  );
});
