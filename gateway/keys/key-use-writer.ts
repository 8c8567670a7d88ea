import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { lastUsedUpdate } from "../../domain/keys/key-updates.ts";

/** A write that takes longer is given up; a later request of the key is the next attempt. */
const TIMEOUT_MS = 1000;

/** Stores a use in the keys table, unless a later one is stored. */
export function keyUseWriter(client: Pick<DynamoDBDocumentClient, "send">, tableName: string) {
  return async (keyId: string, at: Date): Promise<void> => {
    const command = new UpdateCommand({ TableName: tableName, ...lastUsedUpdate(keyId, at), ReturnValues: "NONE" });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      // Another process was later, or the key is gone.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
}
