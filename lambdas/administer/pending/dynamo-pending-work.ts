import { type DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { PENDING_PARTITION, type PendingWork, pendingWork } from "../../../domain/tenancy/pending-marks.ts";

const MarkItem = z.object({ recordId: z.string() });
/** Marks of one page. */
const PAGE = 1000;
/** Marks that one round looks at: some 100 bytes each. The others follow when some of these are done. */
const MAX_MARKS = 10 * PAGE;

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
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :partition",
        ExpressionAttributeValues: { ":partition": PENDING_PARTITION },
        ConsistentRead: true,
        Limit: PAGE,
      },
    );
    const found: PendingWork[] = [];
    for await (const { Items = [] } of pages) {
      found.push(...Items.flatMap((item) => pendingWork(MarkItem.parse(item).recordId) ?? []));
      if (found.length >= MAX_MARKS) break;
    }
    return found;
  }
}
