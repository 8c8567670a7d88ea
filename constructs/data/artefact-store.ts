import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface ArtefactStoreProps {
  readonly namePrefix: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether OpenTofu refuses to destroy the bucket. */
  readonly isProtected: boolean;
}

/** Days for which old weights and builds are retained, so that a rollback finds them. */
const OLD_VERSION_DAYS = 30;

/** Bucket of the artefacts of instances: gateway builds under `gateway/`, weights under `weights/<id>/<revision>/`. */
export class ArtefactStore extends Construct {
  readonly bucketName: string;
  /** Customer key of its objects. */
  readonly kmsKeyArn: string;
  readonly #bucket: PrivateBucket;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, { namePrefix, encryptionKey, isProtected }: ArtefactStoreProps) {
    super(scope, id);
    this.#encryptionKey = encryptionKey;
    this.kmsKeyArn = encryptionKey.arn;
    this.#bucket = new PrivateBucket(this, "Bucket", {
      namePrefix,
      kmsKeyArn: encryptionKey.arn,
      isProtected,
      oldVersionDays: OLD_VERSION_DAYS,
    });
    this.bucketName = this.#bucket.bucketName;
  }

  /** Reading the objects under one prefix in any of their versions, by name. */
  readVersionStatements(prefix: string): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadArtefactVersions",
        purpose: "A starting gateway fetches its build, in the version that was deployed.",
        Effect: "Allow",
        Action: ["s3:GetObjectVersion"],
        Resource: [`${this.#bucket.arn}/${prefix}*`],
      },
      this.#encryptionKey.decryptStatement("s3"),
    ];
  }

  /** Reading the objects under one prefix, and seeing that one is missing: without ListBucket S3 answers AccessDenied. */
  readStatements(prefix: string): readonly PolicyStatement[] {
    return [
      {
        Sid: "ReadArtefacts",
        purpose: "A starting engine fetches the weights of its model.",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [`${this.#bucket.arn}/${prefix}*`],
      },
      {
        Sid: "ListArtefacts",
        purpose: "S3 says that an object is missing only to those who may list the bucket.",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [this.#bucket.arn],
        Condition: { StringLikeIfExists: { "s3:prefix": [`${prefix}*`] } }, // reading an object has no prefix
      },
      this.#encryptionKey.decryptStatement("s3"),
    ];
  }
}
