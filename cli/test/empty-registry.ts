import { onTestFinished } from "vitest";
import { bind } from "../../local/http/server.ts";
import { LocalDynamoDb } from "../../local/services/dynamodb/local-dynamodb.ts";
import { DynamoKeyRegistry } from "../keys/key-registry.ts";

/**
 * A registry on a real, empty keys table.
 * @param drops whether the connection of a call of this operation ends before the table has it. @default - never
 * @param cuts whether it ends in place of the response. @default - never
 */
export async function emptyRegistry(
  drops: (operation: string) => boolean = () => false,
  cuts: (operation: string) => boolean = () => false,
): Promise<DynamoKeyRegistry> {
  const dynamodb = new LocalDynamoDb(undefined);
  const bound = await bind(0, "", (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    if (drops(operation)) return void request.socket.destroy();
    if (cuts(operation)) response.end = () => response.destroy();
    return dynamodb.handle(request, response);
  });
  onTestFinished(async () => {
    await bound.close();
    await dynamodb.close();
  });
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const table = { name: "keys", hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] };
  await dynamodb.createTable(table);
  return new DynamoKeyRegistry({ region: "eu-west-1", endpoint, table: "keys" });
}
