import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream/index.js";
import { Construct } from "constructs";
import type { EncryptionKey } from "../data/encryption-key.ts";
import { PrivateBucket } from "../data/private-bucket.ts";
import { type PolicyStatement, ServiceRole } from "../identity/service-role.ts";

/** Where audit events are delivered. */
export type AuditDestination =
  | { readonly to: "bucket" }
  | { readonly to: "https"; readonly url: string; readonly secretArn: string | null }
  | { readonly to: "splunk"; readonly url: string; readonly secretArn: string };

export interface AuditDeliveryProps {
  /** Name of stream and role. */
  readonly name: string;
  readonly bucketNamePrefix: string;
  /** Account of the environment, from whose resources alone Firehose assumes the role. */
  readonly accountId: string;
  readonly destination: AuditDestination;
  /** Days for which the bucket stores what was delivered to it. */
  readonly days: number;
  readonly encryptionKey: EncryptionKey;
  readonly isProtected: boolean;
}

/** Prefixes of the bucket: delivered events, and those that their destination has not taken. */
const EVENTS_PREFIX = "events/";
const FAILED_PREFIX = "failed/";
/** From an event to its delivery: with the sealer's half minute, an event arrives within a minute. */
const BUFFER_SECONDS = 10;
const BUFFER_MB = 1;
/** Firehose's longest: an outage of the destination may take so long before events go to the bucket instead. */
const RETRY_SECONDS = 7200;
/** A file is written once. */
const OLD_VERSION_DAYS = 1;

/** Delivers audit events to a SIEM: a delivery stream, which stores them until they are taken, and a bucket. */
export class AuditDelivery extends Construct {
  readonly streamName: string;
  readonly bucketName: string;
  readonly #streamArn: string;

  constructor(scope: Construct, id: string, props: AuditDeliveryProps) {
    super(scope, id);
    const { name, bucketNamePrefix, encryptionKey, days, isProtected, destination } = props;
    const bucket = new PrivateBucket(this, "Bucket", {
      namePrefix: bucketNamePrefix,
      kmsKeyArn: encryptionKey.arn,
      isProtected,
      oldVersionDays: OLD_VERSION_DAYS,
      expiry: [EVENTS_PREFIX, FAILED_PREFIX].map((prefix) => ({ prefix, days })),
    });
    this.bucketName = bucket.bucketName;
    const role = new ServiceRole(this, "Role", {
      name,
      service: "firehose.amazonaws.com",
      sourceAccountId: props.accountId,
      statements: [
        ...deliveryStatements(bucket.arn, destination),
        { ...encryptionKey.writeStatement("s3"), Sid: "UseS3KeyForAuditEvents" },
        ...secretStatements(destination),
      ],
    });
    const roleArn = role.resource.arn;
    const toBucket = {
      roleArn,
      bucketArn: bucket.arn,
      kmsKeyArn: encryptionKey.arn,
      bufferingInterval: BUFFER_SECONDS,
      bufferingSize: BUFFER_MB,
      compressionFormat: "GZIP",
    };
    const stream = new KinesisFirehoseDeliveryStream(this, "Stream", {
      name,
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: encryptionKey.arn },
      ...destinationOf(destination, toBucket),
      // Firehose tries out the role when the stream is made.
      dependsOn: role.node.children.filter((child) => child instanceof IamRolePolicy),
    });
    this.streamName = stream.name;
    this.#streamArn = stream.arn;
  }

  /** Permission of the sealer: to give events to the stream. */
  sendStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "StreamEvents",
        purpose: "The sealer gives sealed events to the delivery stream.",
        Effect: "Allow",
        Action: ["firehose:PutRecordBatch"],
        Resource: [this.#streamArn],
      },
    ];
  }
}

interface BucketDelivery {
  readonly roleArn: string;
  readonly bucketArn: string;
  readonly kmsKeyArn: string;
  readonly bufferingInterval: number;
  readonly bufferingSize: number;
  readonly compressionFormat: string;
}

/** What of the stream's configuration is about its destination. */
function destinationOf(destination: AuditDestination, toBucket: BucketDelivery) {
  if (destination.to === "bucket")
    return {
      destination: "extended_s3",
      extendedS3Configuration: { ...toBucket, prefix: EVENTS_PREFIX, errorOutputPrefix: FAILED_PREFIX },
    };
  const { roleArn } = toBucket;
  const { url, secretArn } = destination;
  const common = {
    retryDuration: RETRY_SECONDS,
    bufferingInterval: BUFFER_SECONDS,
    bufferingSize: BUFFER_MB,
    s3Configuration: { ...toBucket, prefix: FAILED_PREFIX, errorOutputPrefix: FAILED_PREFIX },
    ...(secretArn === null ? {} : { secretsManagerConfiguration: { enabled: true, roleArn, secretArn } }),
  };
  return destination.to === "https"
    ? {
        destination: "http_endpoint",
        httpEndpointConfiguration: {
          ...common,
          url,
          name: "siem",
          roleArn,
          s3BackupMode: "FailedDataOnly",
          requestConfiguration: { contentEncoding: "GZIP" },
        },
      }
    : {
        destination: "splunk",
        splunkConfiguration: {
          ...common,
          hecEndpoint: url,
          hecEndpointType: "Event",
          s3BackupMode: "FailedEventsOnly",
        },
      };
}

function deliveryStatements(bucketArn: string, { to }: AuditDestination): readonly PolicyStatement[] {
  return [
    {
      Sid: "WriteEvents",
      purpose: "Firehose writes audit events, and those that their destination has not taken, into the bucket.",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:PutObject"],
      Resource: [...(to === "bucket" ? [EVENTS_PREFIX] : []), FAILED_PREFIX].map((prefix) => `${bucketArn}/${prefix}*`),
    },
    {
      Sid: "FindBucket",
      purpose: "Firehose looks where the bucket is and for uploads that it has begun.",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      Resource: [bucketArn],
    },
  ];
}

function secretStatements(destination: AuditDestination): readonly PolicyStatement[] {
  if (destination.to === "bucket" || destination.secretArn === null) return [];
  return [
    {
      Sid: "ReadEndpointKey",
      purpose: "Firehose reads the key of the endpoint that it delivers to.",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [destination.secretArn],
    },
  ];
}
