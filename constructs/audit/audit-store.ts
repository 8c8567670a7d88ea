import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { EncryptionKey } from "../data/encryption-key.ts";
import { KEY_POLICY_REASONS, keyPolicy } from "../data/key-policy.ts";
import { type BucketLock, PrivateBucket } from "../data/private-bucket.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import { explainWildcards } from "../policy/wildcard-reasons.ts";

export interface AuditStoreProps {
  /** Name of the environment, for the key's description. */
  readonly name: string;
  readonly region: string;
  readonly bucketNamePrefix: string;
  readonly encryptionKey: EncryptionKey;
  readonly lock: BucketLock;
  readonly isProtected: boolean;
}

/** Where the audit trail is: a bucket whose files are locked, and the key that signs heads. */
export class AuditStore extends Construct {
  readonly bucketName: string;
  readonly signingKeyArn: string;
  readonly #bucket: PrivateBucket;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: AuditStoreProps) {
    super(scope, id);
    const { name, region, bucketNamePrefix, encryptionKey, lock, isProtected } = props;
    this.#encryptionKey = encryptionKey;
    this.#bucket = new PrivateBucket(this, "Bucket", {
      namePrefix: bucketNamePrefix,
      kmsKeyArn: encryptionKey.arn,
      isProtected,
      oldVersionDays: lock.days,
      lock,
    });
    this.bucketName = this.#bucket.bucketName;
    const accountId = new DataAwsCallerIdentity(this, "Account", {}).accountId;
    const signingKey = new KmsKey(this, "SigningKey", {
      description: `Signs the audit trail of ${name}`,
      policy: keyPolicy({ accountId, region, uses: [] }),
      keyUsage: "SIGN_VERIFY",
      customerMasterKeySpec: "ECC_NIST_P256",
      deletionWindowInDays: 30, // the longest possible: nothing is sealed without it
      lifecycle: { preventDestroy: isProtected },
    });
    explainWildcards(signingKey, KEY_POLICY_REASONS);
    this.signingKeyArn = signingKey.arn;
  }

  /** Permissions of the sealer: to add files, to read those that an earlier run has written, and to sign. */
  sealStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "WriteTrail",
        purpose: "The sealer writes segments and heads, and reads those that an earlier run has written.",
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:GetObject"],
        Resource: [`${this.#bucket.arn}/*`],
      },
      {
        Sid: "SignHeads",
        purpose: "The sealer signs heads, and reads the public key to check them.",
        Effect: "Allow",
        Action: ["kms:Sign", "kms:GetPublicKey"],
        Resource: [this.signingKeyArn],
      },
      this.#encryptionKey.writeStatement("s3"),
    ];
  }
}
