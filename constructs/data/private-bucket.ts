import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";

export interface PrivateBucketProps {
  /** Start of the bucket's name, at most 37 characters; AWS adds a suffix that makes it globally unique. */
  readonly namePrefix?: string;
  /** The whole name, where something outside the stacks needs it before the bucket exists. @default - `namePrefix` and AWS's suffix */
  readonly name?: string;
  /** Customer key. @default - S3's own keys */
  readonly kmsKeyArn?: string;
  /** Whether OpenTofu refuses to destroy the bucket; otherwise it is destroyed with its content. */
  readonly isProtected: boolean;
  /** Days after which objects expire, by the prefix of their keys. @default - they do not expire */
  readonly expiry?: readonly { readonly prefix: string; readonly days: number }[];
  /** Days after which a replaced or deleted version expires. */
  readonly oldVersionDays: number;
  /** Lock of each new version. A bucket without one can't get it later. @default - versions can be deleted */
  readonly lock?: BucketLock;
  /** Whether the owner writes the bucket's one policy itself, with `tlsOnlyStatement` in it. @default false */
  readonly hasOwnPolicy?: boolean;
}

/** `compliance`: nobody deletes a version before its time. `governance`: who has a permission of its own can. */
export interface BucketLock {
  readonly mode: "compliance" | "governance";
  readonly days: number;
}

/** A bucket that is encrypted, versioned, closed to the public and to plain HTTP. */
export class PrivateBucket extends Construct {
  readonly resource: S3Bucket;
  readonly bucketName: string;
  readonly arn: string;
  /** Dependency of a bucket policy: both change the same setting and conflict when applied at once. */
  readonly publicAccessBlock: S3BucketPublicAccessBlock;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const { namePrefix, name, kmsKeyArn, isProtected, oldVersionDays, lock, expiry = [], hasOwnPolicy = false } = props;
    this.resource = new S3Bucket(this, "Default", {
      ...(name === undefined ? {} : { bucket: name }),
      ...(namePrefix === undefined ? {} : { bucketPrefix: namePrefix }),
      forceDestroy: !isProtected,
      ...(lock === undefined ? {} : { objectLockEnabled: true }),
      lifecycle: { preventDestroy: isProtected },
    });
    const bucket = this.resource.bucket;
    this.bucketName = bucket;
    this.arn = this.resource.arn;
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket,
      rule: [
        {
          bucketKeyEnabled: true,
          applyServerSideEncryptionByDefault: kmsKeyArn
            ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn }
            : { sseAlgorithm: "AES256" },
        },
      ],
    });
    new S3BucketOwnershipControls(this, "Ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    this.publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccess", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: oldVersionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
        ...expiry.map(({ prefix, days }) => ({
          id: `expire-${prefix.replaceAll("/", "")}`,
          status: "Enabled",
          filter: [{ prefix }],
          expiration: [{ days }],
        })),
      ],
      dependsOn: [versioning], // S3 refuses the rule while versioning is not yet on
    });
    if (lock !== undefined) {
      new S3BucketObjectLockConfigurationA(this, "Lock", {
        bucket,
        rule: { defaultRetention: { mode: lock.mode.toUpperCase(), days: lock.days } },
        dependsOn: [versioning],
      });
    }
    if (!hasOwnPolicy) {
      new S3BucketPolicy(this, "Policy", {
        bucket,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnlyStatement(this.arn)] }),
        dependsOn: [this.publicAccessBlock],
      });
    }
  }
}

/** Refuses plain HTTP to everyone: the principal is `*` because a refusal must have no gaps. */
export function tlsOnlyStatement(bucketArn: string): object {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
