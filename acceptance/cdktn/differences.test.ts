import { describe, expect, test } from "vitest";
import { differences, EXPECTED_DIFFERENCES, unexpectedDifferences } from "./differences.ts";
import { portedText } from "./ported-sources.ts";

describe("differences of two synthesized documents", () => {
  test("are found at the deepest path, in objects and lists, and where a value is absent on one side", () => {
    const before = { resource: { aws_s3_bucket: { A: { bucket: "a", tags: ["x", "y"] } } } };
    const after = { resource: { aws_s3_bucket: { A: { bucket: "b", tags: ["x"] }, B: {} } } };
    expect(differences("dev-data", before, after)).toEqual([
      { path: "dev-data.resource.aws_s3_bucket.A.bucket", before: "a", after: "b" },
      { path: "dev-data.resource.aws_s3_bucket.A.tags[1]", before: "y", after: undefined },
      { path: "dev-data.resource.aws_s3_bucket.B", before: undefined, after: {} },
    ]);
  });

  test("do not include the order of an object's fields", () => {
    expect(differences("x", { a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });

  test("an unexpected one is reported with both values", () => {
    expect(unexpectedDifferences([{ path: "dev-data.resource.x", before: 1, after: undefined }])).toContain(
      "dev-data.resource.x: 1 by cdktf, absent by cdktn",
    );
  });

  test("an expected one is accepted with exactly its values, and reported when it no longer occurs", () => {
    const found = [
      { path: "dev-data.//.metadata.version", before: "0.21.0", after: "0.24.0" },
      { path: "dev-data.terraform.required_providers.aws.source", before: "aws", after: "hashicorp/aws" },
      { path: "dev-data.terraform.required_providers.aws.version", before: "6.25.0", after: "6.66.0" },
    ];
    expect(found).toHaveLength(EXPECTED_DIFFERENCES.length);
    expect(unexpectedDifferences(found)).toEqual([]);
    expect(unexpectedDifferences(found.slice(1))).toEqual([expect.stringMatching(/metadata.*no longer occurs/)]);
    const other = found.map((each) => ({ ...each, after: "7.0.0" }));
    expect(unexpectedDifferences(other)).toHaveLength(2 * EXPECTED_DIFFERENCES.length);
  });
});

test("only imports of the two packages are changed in the sources", () => {
  const text = [
    'import { App } from "cdktf";',
    'import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";',
    'import { x } from "./cdktf.ts";',
    'const name = "cdktf";',
  ].join("\n");
  expect(portedText(text).split("\n")).toEqual([
    'import { App } from "cdktn";',
    'import { S3Bucket } from "@cdktn/provider-aws/lib/s3-bucket/index.js";',
    'import { x } from "./cdktf.ts";',
    'const name = "cdktf";',
  ]);
});
