import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { keyTenant, type SubjectData } from "../../../domain/erasure/erased-subject.ts";
import { eachOf } from "./each-of.ts";
import type { IsLate, Swept } from "./erasable-data.ts";

const PAGE = 100;
const CONCURRENCY = 20;
/** Between a response's id and the number of a part, in a sort key. */
const PART_MARK = "#";

/** Deletes responses that `/v1/responses` stored, by their tenants. */
export class ResponseEraser {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  /** @param tableName has the keys `tenant` and `id` */
  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async erase({ tenants, keyIds }: SubjectData, isLate: IsLate): Promise<Swept> {
    let responses = 0;
    for (const tenant of [...tenants, ...keyIds.map(keyTenant)])
      for (;;) {
        if (isLate()) return { counts: { responses }, isDone: false };
        const ids = await this.#ids(tenant);
        if (ids.length === 0) break;
        await eachOf(ids, CONCURRENCY, (id) => this.#delete(tenant, id));
        responses += ids.filter((id) => !id.includes(PART_MARK)).length;
      }
    return { counts: { responses }, isDone: true };
  }

  async #ids(tenant: string): Promise<readonly string[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "#tenant = :tenant",
        ProjectionExpression: "#tenant, #id",
        ExpressionAttributeNames: { "#tenant": "tenant", "#id": "id" },
        ExpressionAttributeValues: { ":tenant": tenant },
        ConsistentRead: true,
        Limit: PAGE,
      }),
    );
    return Items.map(({ id }) => String(id));
  }

  async #delete(tenant: string, id: string): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#tableName, Key: { tenant, id } }));
  }
}
