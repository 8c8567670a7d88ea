import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { STRIPE_SERIES } from "../../contracts/billing/stripe.ts";
import { BUDGET_ALERTS_SERIES } from "../../contracts/notices/budget-alert.ts";
import {
  USAGE_FILES_PREFIX,
  USAGE_PARQUET_PREFIX,
  USAGE_RESULTS_PREFIX,
  USAGE_SEGMENTS_PREFIX,
  USAGE_TABLE,
} from "../../contracts/usage/usage-counter.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { protectedTable } from "./protected-table.ts";

export interface UsageStoreProps {
  readonly tableName: string;
  readonly bucketNamePrefix: string;
  readonly encryptionKey: EncryptionKey;
  /** Days for which the files of usage events are stored. */
  readonly retentionDays: number;
  /** Whether Athena writes results of queries to the bucket. @default false */
  readonly hasQueries?: boolean;
  /** Whether AWS and OpenTofu refuse to destroy table and bucket. */
  readonly isProtected: boolean;
}

/** A file is written again with the same content: older versions are of no use. */
const OLD_VERSION_DAYS = 1;
/** A result of a query can be had again. */
const RESULT_DAYS = 7;

/**
 * What requests have used: the files of usage events, and the table of their sums and of used quotas. Item shapes:
 * `contracts/usage/usage-counter.ts`.
 */
export class UsageStore extends Construct {
  readonly tableName: string;
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Days for which the files of usage events are stored. */
  readonly retentionDays: number;
  readonly #table: DynamodbTable;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: UsageStoreProps) {
    super(scope, id);
    const { tableName, bucketNamePrefix, encryptionKey, retentionDays, hasQueries = false, isProtected } = props;
    this.#encryptionKey = encryptionKey;
    this.#table = protectedTable(this, "Table", { name: tableName, encryptionKey, isProtected }, USAGE_TABLE);
    const bucket = new PrivateBucket(this, "Files", {
      namePrefix: bucketNamePrefix,
      kmsKeyArn: encryptionKey.arn,
      isProtected,
      oldVersionDays: OLD_VERSION_DAYS,
      expiry: [
        { prefix: USAGE_FILES_PREFIX, days: retentionDays },
        ...(hasQueries ? [{ prefix: USAGE_RESULTS_PREFIX, days: RESULT_DAYS }] : []),
      ],
    });
    this.tableName = this.#table.name;
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.arn;
    this.retentionDays = retentionDays;
  }

  /** Permissions of a gateway: to write files of usage events, and to count used quotas in the table. */
  gatewayStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "WriteUsage",
        purpose: "A gateway writes files of usage events.",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: [`${this.bucketArn}/${USAGE_FILES_PREFIX}*`],
      },
      {
        Sid: "CountQuotas",
        purpose: "A gateway draws from quotas and budgets, and reads what is used of them.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
        Resource: [this.#table.arn],
      },
      { ...this.#encryptionKey.writeStatement("s3"), Sid: "UseS3KeyForUsage" },
      { ...this.#encryptionKey.writeStatement("dynamodb"), Sid: "UseDynamoDbKeyForUsage" },
    ];
  }

  /** Permissions of the function that counts events: to read their files, and to add to the sums. */
  countStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadUsage",
        purpose: "The function reads files of usage events.",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [`${this.bucketArn}/${USAGE_FILES_PREFIX}*`],
      },
      this.#findStatement("The function looks for files of usage events that were not counted."),
      {
        Sid: "CountUsage",
        purpose: "The function adds to sums, and marks a file as counted in the same transaction.",
        Effect: "Allow",
        Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: [this.#table.arn],
      },
      { ...this.#encryptionKey.decryptStatement("s3"), Sid: "DecryptUsageFiles" },
      { ...this.#encryptionKey.writeStatement("dynamodb"), Sid: "UseDynamoDbKeyForUsage" },
    ];
  }

  /** Permissions of the function that writes Parquet: to read files of events, and to write others of them. */
  archiveStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadUsage",
        purpose: "The function reads files of usage events.",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [`${this.bucketArn}/${USAGE_SEGMENTS_PREFIX}*`],
      },
      this.#findStatement("The function looks for files of usage events that are not in Parquet."),
      {
        Sid: "WriteParquet",
        purpose: "The function writes usage events as Parquet.",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: [`${this.bucketArn}/${USAGE_PARQUET_PREFIX}*`],
      },
      { ...this.#encryptionKey.writeStatement("s3"), Sid: "UseS3KeyForUsage" },
    ];
  }

  /** Permissions of the sender of notices: to read sums and the alerts that gateways wrote, and to take those. */
  noticeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadSpend",
        purpose: "The sender of notices compares charges with spend alerts, and reads the alerts of gateways.",
        Effect: "Allow",
        Action: ["dynamodb:Query"],
        Resource: [this.#table.arn],
      },
      {
        Sid: "TakeBudgetAlerts",
        purpose: "An alert of a gateway that a notice was made of is deleted.",
        Effect: "Allow",
        Action: ["dynamodb:DeleteItem"],
        Resource: [this.#table.arn],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [BUDGET_ALERTS_SERIES] } },
      },
    ];
  }

  /** Permissions of the function that reports to Stripe: to read sums, and to store what was reported. */
  stripeStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadUsageSums",
        purpose: "The function reads the sums of the hours that it reports.",
        Effect: "Allow",
        Action: ["dynamodb:Query"],
        Resource: [this.#table.arn],
      },
      {
        Sid: "KeepReported",
        purpose: "The function stores what it reported, so that nothing is reported twice.",
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem"],
        Resource: [this.#table.arn],
        Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${STRIPE_SERIES}*`] } },
        reason: "The partition keys end with the month.",
      },
      this.#encryptionKey.writeStatement("dynamodb"),
    ];
  }

  /** Permissions of the control API: to read the sums, and to correct them by the files of events and by adjustments. */
  correctStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadUsageSums",
        purpose:
          "The control API answers questions about usage and costs, and counts files of events that were missed.",
        Effect: "Allow",
        Action: [
          "dynamodb:BatchGetItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:UpdateItem",
        ],
        Resource: [this.#table.arn],
      },
      {
        Sid: "ReadUsage",
        purpose: "The control API compares sums with the events, and writes events that no gateway has shipped.",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: [`${this.bucketArn}/${USAGE_SEGMENTS_PREFIX}*`],
      },
      this.#findStatement("The control API looks for the files of events of an hour."),
      { ...this.#encryptionKey.writeStatement("s3"), Sid: "UseS3KeyForUsage" },
      { ...this.#encryptionKey.writeStatement("dynamodb"), Sid: "UseDynamoDbKeyForUsage" },
    ];
  }

  #findStatement(purpose: string): PolicyStatement {
    return {
      Sid: "FindUsage",
      purpose,
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [this.bucketArn],
      Condition: { StringLikeIfExists: { "s3:prefix": [`${USAGE_FILES_PREFIX}*`] } }, // reading an object has no prefix
    };
  }
}
