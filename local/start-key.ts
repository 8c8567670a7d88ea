import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { DEFAULT_PLAN } from "../contracts/processes/auth.ts";
import { newApiKey } from "../domain/keys/api-key.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import type { Twin } from "./twin.ts";

const NAME = "npm start";

/**
 * Puts a key into the local keys table that lives as long as this start: where keys are required, the printed curl
 * needs one.
 * @returns the key
 */
export async function createStartKey(twin: Twin, table: string, now: Date): Promise<string> {
  const { keyId, secret, hash } = newApiKey();
  const item = { keyId, hash, name: NAME, plan: DEFAULT_PLAN, createdAt: now.toISOString() };
  await withClient(twin, (client) => client.send(new PutItemCommand({ TableName: table, Item: marshall(item) })));
  return secret;
}

/** Removes the keys of this start and of earlier ones that did not end well. */
export async function removeStartKeys(twin: Twin, table: string): Promise<void> {
  await withClient(twin, async (client) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    for (const { keyId, name } of Items)
      if (keyId && name?.S === NAME) await client.send(new DeleteItemCommand({ TableName: table, Key: { keyId } }));
  });
}

async function withClient(twin: Twin, use: (client: DynamoDBClient) => Promise<unknown>): Promise<void> {
  const { awsUrl, region } = twin.runtime.settings;
  const client = new DynamoDBClient({ endpoint: awsUrl, region, credentials: LOCAL_CREDENTIALS });
  try {
    await use(client);
  } finally {
    client.destroy();
  }
}
