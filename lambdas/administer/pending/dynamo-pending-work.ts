import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { PENDING_PARTITION, type PendingWork, pendingWork } from "../../../domain/tenancy/pending-marks.ts";

const MarkItem = z.object({ recordId: z.string() });
/** Marks that one run looks at; the others follow when these are done. */
const MAX_MARKS = 200;

/** The work that waits, of all organisations. */
export interface PendingWorkTable {
  list(): Promise<readonly PendingWork[]>;
}

/** Reads the marks in the control table. */
export class DynamoPendingWork implements PendingWorkTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async list(): Promise<readonly PendingWork[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :partition",
        ExpressionAttributeValues: { ":partition": PENDING_PARTITION },
        ConsistentRead: true,
        Limit: MAX_MARKS,
      }),
    );
    return Items.flatMap((item) => pendingWork(MarkItem.parse(item).recordId) ?? []);
  }
}
