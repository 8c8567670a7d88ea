import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = synth(await loadEnvironment("dev"))["dev-data"];
const withoutBatches = synth({ ...(await loadEnvironment("dev")), batches: null })["dev-data"];
const withoutResponses = synth({ ...(await loadEnvironment("dev")), responses: null })["dev-data"];
const withoutUsage = synth({ ...(await loadEnvironment("dev")), usage: null })["dev-data"];
const withLogs = synth({ ...(await loadEnvironment("dev")), loadBalancerLogDays: 30 })["dev-data"];
const prod = synth(await loadEnvironment("prod"))["prod-data"];

describe("the data stack", () => {
  test("holds tables and buckets of keys, responses, artefacts, batches and usage, their key and the logs of processes", () => {
    expect(typeCounts(dev)).toEqual({
      aws_cloudwatch_log_group: 4,
      aws_dynamodb_table: 5,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_s3_bucket: 3,
      aws_s3_bucket_lifecycle_configuration: 3,
      aws_s3_bucket_ownership_controls: 3,
      aws_s3_bucket_policy: 3,
      aws_s3_bucket_public_access_block: 3,
      aws_s3_bucket_server_side_encryption_configuration: 3,
      aws_s3_bucket_versioning: 3,
    });
  });

  test.each(["aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket"])(
    "%s is protected from destruction as the file says",
    (type) => {
      for (const { lifecycle } of Object.values(resources(prod, type)))
        expect(lifecycle).toEqual({ prevent_destroy: true });
      for (const { lifecycle } of Object.values(resources(dev, type)))
        expect(lifecycle).toEqual({ prevent_destroy: false });
    },
  );

  test("without batches has neither their table nor their bucket", () => {
    expect(typeCounts(withoutBatches)).toMatchObject({ aws_dynamodb_table: 4, aws_s3_bucket: 2 });
  });

  test("has one more bucket where load balancers write access logs", () => {
    expect(typeCounts(withLogs)).toMatchObject({ aws_s3_bucket: 4, aws_s3_bucket_policy: 4 });
  });

  test("has a table of the control API where the file has it", async () => {
    const dev = await loadEnvironment("dev");
    const withControl = synth({ ...dev, api: { ...dev.api, controlApi: true } })["dev-data"];
    expect(typeCounts(withControl)).toMatchObject({ aws_dynamodb_table: 6 });
  });

  test("without stored responses has no table of them", () => {
    expect(typeCounts(withoutResponses)).toMatchObject({ aws_dynamodb_table: 4 });
  });

  test("without usage has neither its table nor its bucket", () => {
    expect(typeCounts(withoutUsage)).toMatchObject({ aws_dynamodb_table: 4, aws_s3_bucket: 2 });
  });

  test("has the names of table and bucket as outputs, for the sluice command", () => {
    expect(Object.keys(dev?.output ?? {})).toEqual(expect.arrayContaining(["artefact_bucket", "keys_table"]));
  });
});
