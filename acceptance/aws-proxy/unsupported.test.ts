import { expect, test } from "vitest";
import { unsupportedName } from "./unsupported.ts";

const call = { method: "GET", url: "/", headers: {}, body: Buffer.alloc(0), service: "ec2", operation: "DescribeVpcs" };
const reply = (status: number, text = "") => ({ status, headers: {}, body: Buffer.from(text) });

test("a refusal is an answer; a failure, and an emulator that knows no such operation, are none", () => {
  expect(unsupportedName(call, reply(200))).toBeUndefined();
  expect(unsupportedName(call, reply(404, "there is no such VPC"))).toBeUndefined();
  expect(unsupportedName(call, reply(400, "UnknownOperation"))).toBe("ec2 DescribeVpcs");
  expect(unsupportedName(call, reply(500))).toBe("ec2 DescribeVpcs");
});

test("what a deployed API answers its callers is never an operation of AWS's", () => {
  const url = "/_aws/execute-api/a1b2/live/v1/models";
  expect(unsupportedName({ ...call, service: "none", url, operation: `GET ${url}` }, reply(503))).toBeUndefined();
});
