import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { describe, expect, test } from "vitest";
import { PrivateBucket, tlsOnlyStatement } from "../data/private-bucket.ts";
import { closedBucket } from "./closed-bucket.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const bucket = `\${aws_s3_bucket.It.bucket}`;
const access = (change: object = {}) =>
  resource("aws_s3_bucket_public_access_block", {
    bucket,
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
    ...change,
  });
const policy = (...statements: object[]) =>
  resource("aws_s3_bucket_policy", { bucket, policy: JSON.stringify({ Statement: statements }) });
const check = (...stack: ReturnType<typeof resource>[]) => closedBucket.check(resource("aws_s3_bucket"), stack);

describe("the rule that buckets are closed", () => {
  test("to the public, by all four access blocks", () => {
    expect(check(access(), policy(tlsOnlyStatement("arn")))).toBeUndefined();
    expect(check(access({ restrict_public_buckets: false }))).toMatch(/can be opened to the public/);
    expect(check()).toMatch(/make it a PrivateBucket/);
  });

  test("to plain HTTP, for every caller and call", () => {
    expect(check(access())).toMatch(/accepts plain HTTP/);
    const narrow = { ...tlsOnlyStatement("arn"), Action: "s3:GetObject" };
    expect(check(access(), policy(narrow))).toMatch(/accepts plain HTTP/);
  });

  test("another bucket's settings don't count", () => {
    const other = access({ bucket: `\${aws_s3_bucket.It_2.bucket}` });
    expect(check(other)).toMatch(/can be opened/);
  });

  test("fails a synth by the resource's address, and lets a private bucket pass", () => {
    expect(() => synthUnder(closedBucket, (stack) => new S3Bucket(stack, "Bare", {}))).toThrow(
      /aws_s3_bucket\.Bare can be opened to the public/,
    );
    const isPrivate = { namePrefix: "t-", isProtected: true, oldVersionDays: 1 };
    expect(() => synthUnder(closedBucket, (stack) => new PrivateBucket(stack, "B", isPrivate))).not.toThrow();
  });
});
