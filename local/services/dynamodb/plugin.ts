import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText } from "../../template/json.ts";
import type { WithDynamoDb } from "./runtime.ts";

export const dynamodbTable: ResourcePlugin<WithDynamoDb> = {
  type: "aws_dynamodb_table",
  async start(config, _resource, { dynamodb }) {
    await dynamodb.server.createTable(config);
    dynamodb.tables.push(asText(config.name));
  },
};

/** In the order in which they start. */
export const DYNAMODB_PLUGINS = {
  aws_dynamodb_table: dynamodbTable,
} as const;
