import { Construct } from "constructs";
import { EncryptionKey } from "../data/encryption-key.ts";
import { PrivateBucket } from "../data/private-bucket.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import { LockTable } from "./lock-table.ts";

export interface StateStoreProps {
  /** Name of the bucket, fixed because backends can't refer to a resource. */
  readonly bucketName: string;
  readonly lockTableName: string;
  /** Name of the key, without `alias/`. */
  readonly keyName: string;
  readonly region: string;
  /** Start of the environment's states in the bucket, e.g. `dev/`. */
  readonly keyPrefix: string;
  /** Whether AWS and OpenTofu refuse to destroy bucket, table and key. */
  readonly isProtected: boolean;
}

/** Long enough to restore a state that was damaged last quarter; a state has some hundred KB. */
const OLD_STATE_DAYS = 90;

/** Store of OpenTofu's states: bucket, lock table and the key of both. */
export class StateStore extends Construct {
  readonly bucket: PrivateBucket;
  readonly lockTable: LockTable;
  readonly encryptionKey: EncryptionKey;
  readonly #keyPrefix: string;

  constructor(scope: Construct, id: string, props: StateStoreProps) {
    super(scope, id);
    const { isProtected } = props;
    this.#keyPrefix = props.keyPrefix;
    this.encryptionKey = new EncryptionKey(this, "Key", { name: props.keyName, region: props.region, isProtected });
    this.bucket = new PrivateBucket(this, "Bucket", {
      name: props.bucketName,
      kmsKeyArn: this.encryptionKey.arn,
      isProtected,
      oldVersionDays: OLD_STATE_DAYS,
    });
    this.lockTable = new LockTable(this, "Locks", {
      name: props.lockTableName,
      kmsKeyArn: this.encryptionKey.arn,
      isProtected,
    });
  }

  /** ARNs of the store's resources and of the objects in the bucket. */
  get arns(): readonly string[] {
    return [this.bucket.arn, `${this.bucket.arn}/*`, this.lockTable.arn, this.encryptionKey.arn];
  }

  /** Permissions of OpenTofu: to read and write states under a lock, never to delete one. */
  accessStatements(): readonly PolicyStatement[] {
    return [
      {
        Sid: "FindStates",
        purpose: "OpenTofu finds out whether a state exists.",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [this.bucket.arn],
      },
      {
        Sid: "UseStates",
        purpose: "OpenTofu reads and writes the states of the environment's stacks.",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: [`${this.bucket.arn}/${this.#keyPrefix}*`],
      },
      {
        Sid: "LockStates",
        purpose: "OpenTofu locks a state while it changes the stack.",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
        Resource: [this.lockTable.arn],
      },
      {
        Sid: "EncryptStates",
        purpose: "OpenTofu encrypts and decrypts the states.",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [this.encryptionKey.arn],
      },
    ];
  }
}
