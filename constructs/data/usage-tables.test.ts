import { expect, test } from "vitest";
import { USAGE_COLUMNS } from "../../contracts/usage/usage-columns.ts";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { UsageTables } from "./usage-tables.ts";

const synth = () =>
  synthConstruct((scope) => {
    new UsageTables(scope, "Tables", {
      workgroupName: "sluice-test-usage",
      databaseName: "sluice_test_usage",
      bucketName: "some-bucket",
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/some",
      isProtected: true,
    });
  });

// documented: usage-tables
test("the table has a column for each field, and finds its files by day and hour in the folders that the function writes", () => {
  const table = only(synth(), "aws_glue_catalog_table");
  expect(table.storage_descriptor).toMatchObject({
    location: "s3://some-bucket/usage/parquet/",
    columns: USAGE_COLUMNS.map(({ name, type }) => ({ name, type })),
  });
  expect(table.parameters).toMatchObject({
    "projection.enabled": "true",
    "projection.hour.digits": "2",
    "storage.location.template": "s3://some-bucket/usage/parquet/day=$${day}/hour=$${hour}/",
  });
});

test("results of queries are encrypted with the environment's key, and no client can choose other settings", () => {
  expect(only(synth(), "aws_athena_workgroup").configuration).toMatchObject({
    enforce_workgroup_configuration: true,
    result_configuration: {
      output_location: "s3://some-bucket/athena/",
      encryption_configuration: {
        encryption_option: "SSE_KMS",
        kms_key_arn: "arn:aws:kms:us-east-1:123456789012:key/some",
      },
    },
  });
});

test("the workgroup comes with named queries over the table", () => {
  const queries = Object.values(resources(synth(), "aws_athena_named_query"));
  expect(queries.length).toBeGreaterThanOrEqual(5);
  for (const { query } of queries) expect(query).toContain("FROM sluice_test_usage.events");
});
