import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "./waits/eventually.ts";

/** Creates a table, and resolves once it can be used: until then each call of it fails. */
export async function createTable(client: Pick<DynamoDBClient, "send">, input: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(input));
  const isActive = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: input.TableName }));
    if (Table?.TableStatus !== "ACTIVE") throw new Error(`the table ${input.TableName} is not active yet`);
  };
  await eventually(isActive, { everyMs: 2 });
}
