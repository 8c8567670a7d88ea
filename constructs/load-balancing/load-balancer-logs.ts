import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { Construct } from "constructs";
import { PrivateBucket, tlsOnlyStatement } from "../data/private-bucket.ts";

export interface LoadBalancerLogsProps {
  /** Start of the bucket's name. */
  readonly namePrefix: string;
  /** Days for which a log file is stored. */
  readonly days: number;
  /** Whether OpenTofu refuses to destroy the bucket. */
  readonly isProtected: boolean;
}

/** The folder that Elastic Load Balancing writes to, before the account's number. */
const FOLDER = "AWSLogs/";
/** A log file that somebody deleted is gone a day later: it has addresses of clients. */
const OLD_VERSION_DAYS = 1;

/**
 * Bucket of the access logs of load balancers: a line for each request, with the client's address and the path, without
 * headers and bodies. Elastic Load Balancing writes to buckets with S3's own keys alone, and to none with a customer key.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class LoadBalancerLogs extends Construct {
  readonly bucketName: string;

  constructor(scope: Construct, id: string, { namePrefix, days, isProtected }: LoadBalancerLogsProps) {
    super(scope, id);
    const bucket = new PrivateBucket(this, "Bucket", {
      namePrefix,
      isProtected,
      oldVersionDays: OLD_VERSION_DAYS,
      expiry: [{ prefix: FOLDER, days }],
      hasOwnPolicy: true,
    });
    const { accountId } = new DataAwsCallerIdentity(this, "Account", {});
    new S3BucketPolicy(this, "Policy", {
      bucket: bucket.bucketName,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            // Without a condition on the source, which AWS's page does not have: load balancers of other accounts write
            // below other numbers, and a key that the service does not send would refuse every file without a word.
            Sid: "WriteAccessLogs",
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: ["s3:PutObject"],
            Resource: [`${bucket.arn}/${FOLDER}${accountId}/*`],
          },
          tlsOnlyStatement(bucket.arn),
        ],
      }),
      dependsOn: [bucket.publicAccessBlock],
    });
    this.bucketName = bucket.bucketName;
  }
}
