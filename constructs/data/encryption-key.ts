import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";
import { explainWildcards } from "../policy/wildcard-reasons.ts";
import { KEY_POLICY_REASONS, type KeyUse, keyPolicy } from "./key-policy.ts";

const SERVICE_NAMES = { dynamodb: "DynamoDB", s3: "S3", sns: "SNS" } as const;
const SID_NAMES = { dynamodb: "DynamoDb", s3: "S3", sns: "Sns" } as const;

export interface EncryptionKeyProps {
  readonly name: string;
  readonly region: string;
  /** Whether OpenTofu refuses to destroy the key. */
  readonly isProtected: boolean;
  /** AWS services that use the key themselves. @default - none: roles use it, by their own policies */
  readonly uses?: readonly KeyUse[];
}

/** The customer key of everything that an environment stores. */
export class EncryptionKey extends Construct {
  readonly resource: KmsKey;
  readonly arn: string;
  readonly #region: string;

  constructor(scope: Construct, id: string, { name, region, isProtected, uses = [] }: EncryptionKeyProps) {
    super(scope, id);
    this.#region = region;
    const accountId = new DataAwsCallerIdentity(this, "Account", {}).accountId;
    this.resource = new KmsKey(this, "Default", {
      description: `Data of ${name}`,
      policy: keyPolicy({ accountId, region, uses }),
      enableKeyRotation: true,
      deletionWindowInDays: 30, // the longest possible: data that the key encrypts is lost with it
      lifecycle: { preventDestroy: isProtected },
    });
    explainWildcards(this.resource, KEY_POLICY_REASONS);
    this.arn = this.resource.arn;
    new KmsAlias(this, "Alias", { name: `alias/${name}`, targetKeyId: this.resource.keyId });
  }

  /** Lets a role encrypt and decrypt through one AWS service, and nothing by calling KMS itself. */
  writeStatement(service: "dynamodb" | "s3"): PolicyStatement {
    return {
      ...this.decryptStatement(service),
      Sid: `Use${service === "s3" ? "S3" : "DynamoDb"}Key`,
      purpose: `${SERVICE_NAMES[service]} encrypts and decrypts what the role writes and reads there.`,
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
    };
  }

  /** Lets a role publish to topics that the key encrypts: SNS encrypts with a data key, which it reads first. */
  publishStatement(): PolicyStatement {
    return {
      ...this.decryptStatement("sns"),
      Sid: "UseSnsKey",
      purpose: "SNS encrypts what the role publishes.",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    };
  }

  /** Lets a role decrypt data of one AWS service through that service, and nothing by calling KMS itself. */
  decryptStatement(service: keyof typeof SERVICE_NAMES): PolicyStatement {
    return {
      Sid: `Decrypt${SID_NAMES[service]}`,
      purpose: `${SERVICE_NAMES[service]} decrypts what the role reads there.`,
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [this.arn],
      Condition: { StringEquals: { "kms:ViaService": `${service}.${this.#region}.amazonaws.com` } },
    };
  }
}
