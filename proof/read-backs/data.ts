import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { asText } from "../../local/template/json.ts";
import { expectEqual, type ReadBack } from "./read-back.ts";

export const DATA: readonly ReadBack[] = [
  {
    claim: "the keys table has keyId as its key and is encrypted with a customer key",
    check: async ({ client, outputs }) => {
      const { Table } = await new DynamoDBClient(client).send(
        new DescribeTableCommand({ TableName: asText(outputs.keys_table) }),
      );
      expectEqual("key schema", Table?.KeySchema, [{ AttributeName: "keyId", KeyType: "HASH" }]);
      expectEqual("encryption", Table?.SSEDescription?.SSEType, "KMS");
    },
  },
  {
    claim: "the artefact bucket is versioned, encrypted with a customer key and closed to the public",
    check: async ({ client, outputs }) => {
      const s3 = new S3Client({ ...client, forcePathStyle: true });
      const Bucket = asText(outputs.artefact_bucket);
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      expectEqual("versioning", Status, "Enabled");
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      expectEqual("encryption", rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, "aws:kms");
      const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      expectEqual(
        "public access block",
        new Set(Object.values(PublicAccessBlockConfiguration ?? {})).has(false),
        false,
      );
      expectEqual("settings of the public access block", Object.keys(PublicAccessBlockConfiguration ?? {}).length, 4);
    },
  },
];
