import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { protectedTable } from "../data/protected-table.ts";

export interface LockTableProps {
  readonly name: string;
  readonly kmsKeyArn: string;
  /** Whether AWS and OpenTofu refuse to destroy the table. */
  readonly isProtected: boolean;
}

/** Locks and digests of the states; OpenTofu's S3 backend defines the items. */
export class LockTable extends Construct {
  readonly resource: DynamodbTable;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, kmsKeyArn, isProtected }: LockTableProps) {
    super(scope, id);
    this.resource = protectedTable(
      this,
      "Default",
      { name, encryptionKey: { arn: kmsKeyArn }, isProtected },
      { hashKey: "LockID" },
    );
    this.arn = this.resource.arn;
  }
}
