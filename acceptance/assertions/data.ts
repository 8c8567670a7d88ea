import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { asObject, asText } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { listIn } from "../aws-client/leftovers.ts";
import { type Applied, expectAll, expectEqual, type StackAssertion } from "./assertion.ts";

/** Tables by the end of their names: their keys, and the attribute of their items' time to live. */
const TABLES: Readonly<
  Record<
    string,
    {
      readonly keys: readonly string[];
      readonly goesBy?: string;
      readonly isOptional?: true;
      readonly hasNoRecovery?: true;
    }
  >
> = {
  batches: { keys: ["pk", "sk"], goesBy: "ttl" },
  control: { keys: ["organizationId", "recordId"], goesBy: "expireAt", isOptional: true },
  history: { keys: ["partition", "entry"], goesBy: "expiresAt", isOptional: true },
  keys: { keys: ["keyId"], goesBy: "expireAt" },
  responses: { keys: ["tenant", "id"], goesBy: "expiresAt" },
  "subject-keys": { keys: ["subject"], isOptional: true, hasNoRecovery: true },
  routes: { keys: ["section", "id"] },
  usage: { keys: ["series", "entry"], goesBy: "expiresAt" },
};

export const DATA: readonly StackAssertion[] = [
  {
    claim:
      "there are the tables of keys, routes, responses, batches and usage, each with its keys, encrypted with a customer key",
    types: ["aws_dynamodb_table"],
    check: async (applied) => {
      const names = valuesOf(applied, "aws_dynamodb_table", "name");
      const found = names.map(shortName);
      const wanted = Object.keys(TABLES).filter((name) => !TABLES[name]?.isOptional || found.includes(name));
      expectEqual("tables", found.toSorted(), wanted.toSorted());
      const client = new DynamoDBClient(applied.client);
      for (const TableName of names) {
        const { Table } = await client.send(new DescribeTableCommand({ TableName }));
        const keys = Table?.KeySchema?.map(({ AttributeName }) => AttributeName);
        expectEqual(`keys of ${TableName}`, keys, TABLES[shortName(TableName)]?.keys);
        expectEqual(`encryption of ${TableName}`, Table?.SSEDescription?.SSEType, "KMS");
      }
    },
  },
  {
    claim:
      "each table but that of data keys has point-in-time recovery; responses, batches, sums of minutes and hours and rotations of keys expire",
    types: ["aws_dynamodb_table"],
    check: async (applied) => {
      const client = new DynamoDBClient(applied.client);
      for (const TableName of valuesOf(applied, "aws_dynamodb_table", "name")) {
        const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
        const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
        expectEqual(
          `point-in-time recovery of ${TableName}`,
          recovery,
          TABLES[shortName(TableName)]?.hasNoRecovery ? "DISABLED" : "ENABLED",
        );
        const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
        const { AttributeName, TimeToLiveStatus } = TimeToLiveDescription ?? {};
        const goesBy = TimeToLiveStatus === "ENABLED" ? AttributeName : undefined;
        expectEqual(`what items of ${TableName} go by`, goesBy, TABLES[shortName(TableName)]?.goesBy);
      }
    },
  },
  {
    claim:
      "every bucket is versioned, encrypted, but for load balancers' logs with a customer key, closed to the public and refuses plain HTTP",
    types: [
      "aws_s3_bucket",
      "aws_s3_bucket_versioning",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_policy",
    ],
    check: async (applied) => {
      const s3 = new S3Client({ ...applied.client, forcePathStyle: true });
      const buckets = valuesOf(applied, "aws_s3_bucket", "bucket");
      expectEqual(
        "whether the artefact bucket is among them",
        buckets.includes(asText(applied.outputs.artefact_bucket)),
        true,
      );
      for (const Bucket of buckets) {
        const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
        expectEqual(`versioning of ${Bucket}`, Status, "Enabled");
        const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
        const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
        const algorithm = Bucket.includes("-lb-logs-") ? "AES256" : "aws:kms";
        expectEqual(`encryption of ${Bucket}`, rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, algorithm);
        const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
        const blocks = Object.values(PublicAccessBlockConfiguration ?? {});
        expectEqual(`public access block of ${Bucket}`, blocks, [true, true, true, true]);
        const { Policy = "{}" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
        expectAll(
          `refusals of ${Bucket}`,
          listIn(parseObject(Policy), "Statement").filter(({ Effect }) => Effect === "Deny"),
          ({ Condition }) => asObject(asObject(Condition).Bool)["aws:SecureTransport"] === "false",
        );
      }
    },
  },
  {
    claim: "a batch's files expire after 31 days, its parts after 3, and deleted versions a day later",
    types: ["aws_s3_bucket_lifecycle_configuration"],
    check: async (applied) => {
      const Bucket = valuesOf(applied, "aws_s3_bucket", "bucket").find((name) => name.includes("-files-"));
      const { Rules = [] } = await new S3Client({ ...applied.client, forcePathStyle: true }).send(
        new GetBucketLifecycleConfigurationCommand({ Bucket }),
      );
      const days = Rules.map(({ Filter, Expiration, NoncurrentVersionExpiration }) => [
        Filter?.Prefix ?? "",
        Expiration?.Days ?? NoncurrentVersionExpiration?.NoncurrentDays,
      ]);
      expectEqual("days by prefix", days.toSorted(), [
        ["", 1],
        ["files/", 31],
        ["parts/", 3],
      ]);
    },
  },
  {
    claim: "logs of gateways and engines have the declared retention, encrypted with a customer key",
    types: ["aws_cloudwatch_log_group"],
    check: async (applied) => {
      const response = await callAws(applied.url, "logs", {
        target: "Logs_20140328.DescribeLogGroups",
        body: { logGroupNamePrefix: "/sluice/" },
      });
      const declared = new Map(
        Object.entries(applied.attributes)
          .filter(([address]) => address.startsWith("aws_cloudwatch_log_group."))
          .map(([, values]) => [asObject(values).name, asObject(values).retention_in_days]),
      );
      const groups = listIn(parseObject(response), "logGroups").filter(({ logGroupName }) =>
        declared.has(asText(logGroupName)),
      );
      expectEqual("log groups", groups.length, declared.size);
      expectAll(
        "log groups",
        groups,
        ({ logGroupName, retentionInDays, kmsKeyId }) =>
          retentionInDays === declared.get(asText(logGroupName)) && asText(kmsKeyId).startsWith("arn:aws:kms:"),
      );
    },
  },
];

function valuesOf({ attributes }: Applied, type: string, attribute: string): readonly string[] {
  return Object.entries(attributes)
    .filter(([address]) => address.startsWith(`${type}.`))
    .map(([, values]) => asText(asObject(values)[attribute]));
}

function shortName(table: string): string {
  // `sluice-<environment>-<name>`; the data keys' name has a hyphen.
  return table.endsWith("-subject-keys") ? "subject-keys" : table.slice(table.lastIndexOf("-") + 1);
}
