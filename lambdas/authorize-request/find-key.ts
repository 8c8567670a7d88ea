import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ABSENT_KEY, type ApiKeyItem, StoredApiKey } from "../../contracts/processes/auth.ts";

/**
 * Reads one key's item; it holds only strings, lists and maps, so no marshalling library is needed. An item that can't
 * be read counts as none and grants no access.
 */
export function keyFinder(
  client: DynamoDBClient,
  tableName: string,
): (keyId: string) => Promise<ApiKeyItem | undefined> {
  return async (keyId) => {
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: { keyId: { S: keyId } } }));
    // An absent key is read like any other, so that it takes as long.
    const key = StoredApiKey.safeParse(Item === undefined ? ABSENT_KEY : fieldsOf(Item)).data;
    return Item && key;
  };
}

function fieldsOf(attributes: Readonly<Record<string, AttributeValue>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]));
}

/** An attribute of another type stays as it is, so that a field that must be text is not taken as absent. */
function attributeValue(attribute: AttributeValue): unknown {
  const { S, L, M } = attribute;
  return S ?? L?.map(attributeValue) ?? (M === undefined ? attribute : fieldsOf(M));
}
