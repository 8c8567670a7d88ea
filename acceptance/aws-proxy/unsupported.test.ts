import { expect, test } from "vitest";
import { unsupportedName } from "./unsupported.ts";

const call = {
  method: "GET",
  url: "/",
  headers: {},
  body: Buffer.alloc(0),
  service: "ec2",
  region: "us-east-1",
  operation: "DescribeVpcs",
};
const reply = (status: number, text = "") => ({ status, headers: {}, body: Buffer.from(text) });

test("an error response such as not found is supported; a failure, or an unknown operation, is not", () => {
  expect(unsupportedName(call, reply(200))).toBeUndefined();
  expect(unsupportedName(call, reply(404, "there is no such VPC"))).toBeUndefined();
  expect(unsupportedName(call, reply(400, "UnknownOperation"))).toBe("ec2 DescribeVpcs");
  expect(unsupportedName(call, reply(500))).toBe("ec2 DescribeVpcs");
});

test("a response of a deployed API to its callers is never an unsupported operation", () => {
  const url = "/_aws/execute-api/a1b2/live/v1/models";
  expect(unsupportedName({ ...call, service: "none", url, operation: `GET ${url}` }, reply(503))).toBeUndefined();
});
