import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type ApiKeyItem, StoredApiKey } from "../../contracts/processes/auth.ts";

/** Reads one key's item; it holds only strings and lists of strings, so no marshalling library is needed. */
export function keyFinder(
  client: DynamoDBClient,
  tableName: string,
): (keyId: string) => Promise<ApiKeyItem | undefined> {
  return async (keyId) => {
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: { keyId: { S: keyId } } }));
    if (!Item) return undefined;
    return StoredApiKey.parse(Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, textOf(value)])));
  };
}

function textOf({ S, L }: AttributeValue): string | undefined | readonly unknown[] {
  return S ?? L?.map(textOf);
}
