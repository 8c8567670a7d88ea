import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { FILE_DAYS } from "../../contracts/api/files.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { protectedTable } from "./protected-table.ts";

export interface BatchStorageProps {
  readonly tableName: string;
  readonly bucketNamePrefix: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether AWS and OpenTofu refuse to destroy table and bucket. */
  readonly isProtected: boolean;
}

/** Days after which a file that a client deleted is gone for good: its content may be personal. */
const OLD_VERSION_DAYS = 1;
/** A batch ends within a day; parts of an upload that a crash left behind are useless after that. */
const PART_DAYS = 3;

/**
 * Files that clients upload and that batches write, and the table of files, batches and their queue. Item shapes:
 * `gateway/batches/batch-items.ts`; the content of both expires.
 */
export class BatchStorage extends Construct {
  readonly tableName: string;
  readonly bucketName: string;
  readonly #table: DynamodbTable;
  readonly #bucket: PrivateBucket;
  readonly #encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: BatchStorageProps) {
    super(scope, id);
    const { tableName, bucketNamePrefix, encryptionKey, isProtected } = props;
    this.#encryptionKey = encryptionKey;
    this.#table = protectedTable(
      this,
      "Table",
      { name: tableName, encryptionKey, isProtected },
      { hashKey: "pk", rangeKey: "sk", ttlAttribute: "ttl" },
    );
    this.#bucket = new PrivateBucket(this, "Files", {
      namePrefix: bucketNamePrefix,
      kmsKeyArn: encryptionKey.arn,
      isProtected,
      oldVersionDays: OLD_VERSION_DAYS,
      expiry: [
        { prefix: "files/", days: FILE_DAYS + 1 },
        { prefix: "parts/", days: PART_DAYS },
      ],
    });
    this.tableName = this.#table.name;
    this.bucketName = this.#bucket.bucketName;
  }

  /** Permissions of the control API: to delete the files and batches of who is erased, in all versions. It reads no content; S3 copies that of held files for it. */
  eraseStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "EraseBatches",
        purpose:
          "The control API finds files and batches of a user, service account or project, deletes those of erased ones, and sets when they end where a project's retention changes or a legal hold is placed or released.",
        Effect: "Allow",
        Action: ["dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:UpdateItem"],
        Resource: [this.#table.arn],
      },
      {
        Sid: "EraseFiles",
        purpose:
          "The control API deletes all versions of an erased file's content, and of the copy of one that was held.",
        Effect: "Allow",
        Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        Resource: this.#objects("files", "held", "parts"),
      },
      {
        Sid: "FindErasedFiles",
        purpose:
          "The control API lists the versions of the files of an erased key, and of copies of those that were held.",
        Effect: "Allow",
        Action: ["s3:ListBucketVersions"],
        Resource: [this.#bucket.arn],
        Condition: { StringLike: { "s3:prefix": ["files/*", "held/*", "parts/*"] } },
      },
      {
        Sid: "CopyHeldFiles",
        purpose:
          "S3 copies the content of a file that is held, for the control API, which names it and reads none of it.",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: this.#objects("files"),
      },
      {
        Sid: "StoreHeldFiles",
        purpose: "The control API stores the copy of a file that is held.",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: this.#objects("held"),
      },
      {
        Sid: "MissHeldFiles",
        purpose: "S3 says that a file to copy is missing only to those who may list the bucket.",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [this.#bucket.arn],
        Condition: { StringLikeIfExists: { "s3:prefix": ["files/*"] } }, // reading an object has no prefix
      },
      { ...this.#encryptionKey.writeStatement("s3"), Sid: "UseKeyOfHeldFiles" },
      { ...this.#encryptionKey.decryptStatement("dynamodb"), Sid: "DecryptErasedBatches" },
    ];
  }

  /** Permissions to serve files and to work on batches: items one by one or by partition, objects by key; never a scan. */
  accessStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "UseBatches",
        purpose: "A gateway stores files and batches, and takes batches from the queue.",
        Effect: "Allow",
        Action: [
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
          "dynamodb:DeleteItem",
          "dynamodb:Query",
        ],
        Resource: [this.#table.arn],
      },
      {
        Sid: "UseFiles",
        purpose: "A gateway stores the content of files, reads and deletes it, and writes results of batches.",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        Resource: this.#objects("files", "held", "parts"),
      },
      {
        // Without it S3 answers AccessDenied for an object that is missing, instead of NoSuchKey (API_GetObject.html).
        Sid: "MissFiles",
        purpose: "S3 says that a file is missing only to those who may list the bucket.",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [this.#bucket.arn],
        Condition: { StringLikeIfExists: { "s3:prefix": ["files/*", "held/*", "parts/*"] } }, // reading an object has no prefix
      },
      this.#encryptionKey.writeStatement("dynamodb"),
      this.#encryptionKey.writeStatement("s3"),
    ];
  }

  /** Objects below these folders: `held/` has copies of files that a legal hold is on, and no rule by which they expire. */
  #objects(...folders: readonly string[]): readonly string[] {
    return folders.map((folder) => `${this.#bucket.arn}/${folder}/*`);
  }
}
