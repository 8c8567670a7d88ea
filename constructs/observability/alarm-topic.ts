import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";
import { explainWildcards } from "../policy/wildcard-reasons.ts";

export interface AlarmTopicProps {
  /** Name of topic and key. */
  readonly name: string;
  /** Addresses that are sent a mail; each must confirm once. */
  readonly emails: readonly string[];
  /** HTTPS addresses that SNS posts to; each must confirm once. */
  readonly webhooks: readonly string[];
}

/** Services that tell of something here; both need the key, for a topic that they can't encrypt for stays silent. */
const SENDERS = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"];

/** Where alarms go: an encrypted topic with its readers. */
export class AlarmTopic extends Construct {
  readonly resource: SnsTopic;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, emails, webhooks }: AlarmTopicProps) {
    super(scope, id);
    const account = new DataAwsCallerIdentity(this, "Account").accountId;
    // A key of its own: AWS's key for SNS can't be used by CloudWatch, and the data key need not know of alarms.
    const key = new KmsKey(this, "Key", {
      description: `Alarms of ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7, // the shortest there is: it encrypts nothing that lasts
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Administer",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: ["kms:*"],
            Resource: ["*"],
          },
          {
            Sid: "Send",
            Effect: "Allow",
            Principal: { Service: SENDERS },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: ["*"],
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    });
    explainWildcards(key, { Administer: "The account itself: without it nobody could ever change the key again." });
    new KmsAlias(this, "KeyAlias", { name: `alias/${name}`, targetKeyId: key.keyId });
    this.resource = new SnsTopic(this, "Default", { name, kmsMasterKeyId: key.arn });
    this.arn = this.resource.arn;
    new SnsTopicPolicy(this, "Policy", {
      arn: this.arn,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Send",
            Effect: "Allow",
            Principal: { Service: SENDERS },
            Action: ["sns:Publish"],
            Resource: [this.arn],
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    });
    const readers = new Construct(this, "Readers");
    for (const email of emails)
      new SnsTopicSubscription(readers, email, { topicArn: this.arn, protocol: "email", endpoint: email });
    for (const webhook of webhooks) {
      const { hostname, pathname } = new URL(webhook);
      new SnsTopicSubscription(readers, `${hostname}${pathname}`.replaceAll("/", "-"), {
        topicArn: this.arn,
        protocol: "https",
        endpoint: webhook,
      });
    }
  }
}
