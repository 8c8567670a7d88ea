import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { ABSENT_KEY, type ApiKeyItem, StoredApiKey } from "../../contracts/processes/auth.ts";
import type { KeyStore } from "./key-store.ts";

/** DynamoDB serves a single read in a few milliseconds; after a second a response is not expected. */
const TIMEOUT_MS = 1000;

export interface DynamoKeyStoreOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

/** Reads keys from the keys table. An item that has not the form of a key counts as none and grants no access. */
export class DynamoKeyStore implements KeyStore {
  readonly #options: DynamoKeyStoreOptions;

  constructor(options: DynamoKeyStoreOptions) {
    this.#options = options;
  }

  async get(keyId: string): Promise<ApiKeyItem | undefined> {
    const { client, tableName } = this.#options;
    // Consistent: a key must work as soon as it was shown to its owner, and not after it was revoked.
    const command = new GetCommand({ TableName: tableName, Key: { keyId }, ConsistentRead: true });
    const response = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    // An absent key is read like any other, so that it takes as long.
    const item = StoredApiKey.safeParse(response.Item ?? ABSENT_KEY);
    return item.success && response.Item !== undefined ? item.data : undefined;
  }
}
