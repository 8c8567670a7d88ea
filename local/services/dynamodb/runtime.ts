import { LocalDynamoDb } from "./local-dynamodb.ts";

/** DynamoDB with the tables of the stacks. */
export class DynamoDbRuntime {
  readonly server: LocalDynamoDb;
  /** Names of the tables. */
  readonly tables: string[] = [];

  /** @param folder where tables are stored between runs; `undefined` is in memory */
  constructor(folder: string | undefined) {
    this.server = new LocalDynamoDb(folder);
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

export interface WithDynamoDb {
  readonly dynamodb: DynamoDbRuntime;
}
