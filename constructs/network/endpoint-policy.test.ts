import { describe, expect, test } from "vitest";
import { statements } from "../../test-support/synth.ts";
import { endpointPolicies } from "./endpoint-policy.ts";

const policies = endpointPolicies({ name: "sluice-test", region: "eu-west-1", accountId: "123456789012" });

describe("the endpoints' policies", () => {
  test("S3: our buckets, in our account, and the system's packages, to read; to write, files of batches and of usage alone", () => {
    expect(statements(policies.s3)).toEqual([
      expect.objectContaining({
        Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
        Resource: ["arn:aws:s3:::sluice-test-*"],
        Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
      }),
      expect.objectContaining({
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        Resource: ["arn:aws:s3:::sluice-test-files-*"],
        Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
      }),
      expect.objectContaining({
        Action: ["s3:PutObject"],
        Resource: ["arn:aws:s3:::sluice-test-usage-*"],
        Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
      }),
      expect.objectContaining({
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*"],
      }),
    ]);
  });

  test("S3: weights of the user's own by folder, in the accounts of their buckets", () => {
    const weights = [
      { bucket: "team-models", prefix: "support/2", account: "210987654321", kmsKeyArn: undefined },
      { bucket: "own-models", prefix: "search/1", account: undefined, kmsKeyArn: undefined },
    ];
    const { s3 } = endpointPolicies({ name: "sluice-test", region: "eu-west-1", accountId: "123456789012", weights });
    expect(statements(s3)).toContainEqual({
      Sid: "OwnWeights",
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: [
        "arn:aws:s3:::team-models",
        "arn:aws:s3:::team-models/support/2/*",
        "arn:aws:s3:::own-models",
        "arn:aws:s3:::own-models/search/1/*",
      ],
      Condition: { StringEquals: { "aws:ResourceAccount": ["210987654321", "123456789012"] } },
    });
  });

  test("DynamoDB: items of our tables, never a scan; several at once of keys alone; new ones without looking, of batches and responses alone", () => {
    expect(statements(policies.dynamodb)).toEqual([
      expect.objectContaining({
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        Resource: ["arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-test-*"],
      }),
      expect.objectContaining({
        Action: ["dynamodb:BatchGetItem"],
        Resource: ["arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-test-keys"],
      }),
      expect.objectContaining({
        Action: ["dynamodb:PutItem"],
        Resource: ["batches", "responses"].map(
          (table) => `arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-test-${table}`,
        ),
      }),
    ]);
  });

  test("the others: callers of our account", () => {
    expect(statements(policies.interface)).toEqual([
      expect.objectContaining({ Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } } }),
    ]);
  });
});
