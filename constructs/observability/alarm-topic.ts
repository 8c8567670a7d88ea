import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";

export interface AlarmTopicProps {
  readonly name: string;
  /** Customer key; a topic that CloudWatch and Budgets can't encrypt for stays silent, so its policy lets both use it. */
  readonly kmsKeyArn: string;
  /** Mail addresses; each must confirm its subscription once. */
  readonly emails: readonly string[];
  /** URLs of HTTPS webhooks; each must confirm its subscription once. */
  readonly webhooks: readonly string[];
}

/** AWS services that publish to the topic. */
const SENDERS = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"];

/** Encrypted SNS topic of the alarms, with its subscriptions. */
export class AlarmTopic extends Construct {
  readonly resource: SnsTopic;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, kmsKeyArn, emails, webhooks }: AlarmTopicProps) {
    super(scope, id);
    const account = new DataAwsCallerIdentity(this, "Account").accountId;
    this.resource = new SnsTopic(this, "Default", { name, kmsMasterKeyId: kmsKeyArn });
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
