import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import type { Construct } from "constructs";
import type { EncryptionKey } from "./encryption-key.ts";

export interface ProtectedTableProps {
  readonly name: string;
  readonly encryptionKey: EncryptionKey;
  /** Whether AWS and OpenTofu refuse to destroy the table. */
  readonly isProtected: boolean;
}

/** Attributes, all of them strings, by which items are found. */
export interface TableKeys {
  readonly hashKey: string;
  /** @default - the hash key names one item */
  readonly rangeKey?: string;
  /** Attribute with the Unix seconds after which DynamoDB deletes an item. @default - items stay */
  readonly ttlAttribute?: string;
  /** Whether the table can be restored to any second of the last 35 days. @default true */
  readonly hasRecovery?: boolean;
}

/**
 * A table as each of the deployment's is: paid by request, encrypted with the customer's key, restorable to any second of
 * the last 35 days but where that is ruled out, and with `isProtected` not to be destroyed.
 */
export function protectedTable(
  scope: Construct,
  id: string,
  {
    name,
    encryptionKey,
    isProtected,
  }: Omit<ProtectedTableProps, "encryptionKey"> & { readonly encryptionKey: Pick<EncryptionKey, "arn"> },
  { hashKey, rangeKey, ttlAttribute, hasRecovery = true }: TableKeys,
): DynamodbTable {
  const keys = rangeKey === undefined ? [hashKey] : [hashKey, rangeKey];
  return new DynamodbTable(scope, id, {
    name,
    billingMode: "PAY_PER_REQUEST",
    hashKey,
    ...(rangeKey === undefined ? {} : { rangeKey }),
    attribute: keys.map((key) => ({ name: key, type: "S" })),
    ...(ttlAttribute === undefined ? {} : { ttl: { attributeName: ttlAttribute, enabled: true } }),
    pointInTimeRecovery: { enabled: hasRecovery },
    serverSideEncryption: { enabled: true, kmsKeyArn: encryptionKey.arn },
    deletionProtectionEnabled: isProtected,
    lifecycle: { preventDestroy: isProtected },
  });
}
