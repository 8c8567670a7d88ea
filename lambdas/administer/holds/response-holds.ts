import { DeleteCommand, type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { RESPONSES_TABLE } from "../../../contracts/retention/stored-items.ts";
import { heldTenantsPartition, keyTenant, type SubjectData } from "../../../domain/erasure/erased-subject.ts";
import type { IsLate } from "../store/erasable-data.ts";
import { eachPartition, type SubjectHolds } from "../store/subject-holds.ts";
import { HeldItems } from "./held-items.ts";

const { hashKey, rangeKey, ttlAttribute, heldEndAttribute } = RESPONSES_TABLE;

/** Keeps responses that `/v1/responses` stored from expiring while their subject is held, and lists the tenants that have some. */
export class ResponseHolds implements SubjectHolds {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #items: HeldItems;

  /** @param now milliseconds since 1970 */
  constructor(client: DynamoDBDocumentClient, tableName: string, now: () => number) {
    this.#client = client;
    this.#tableName = tableName;
    this.#items = new HeldItems({
      client,
      tableName,
      partitionKey: hashKey,
      sortKey: rangeKey,
      endAttribute: ttlAttribute,
      heldEndAttribute,
      isOver: (item) => Number(item[ttlAttribute]) * 1000 <= now(),
    });
  }

  hold(subject: SubjectData, isLate: IsLate): Promise<number | undefined> {
    return eachPartition(tenantsOf(subject), (tenant) => {
      const list = () => this.#client.send(new UpdateCommand(this.#listed(subject.id, tenant)));
      return this.#items.hold(tenant, subject.id, isLate, list);
    });
  }

  async release(subject: SubjectData, isLate: IsLate): Promise<number | undefined> {
    const listed = await this.#tenants(subject.id);
    const tenants = [...new Set([...tenantsOf(subject), ...listed])];
    const changed = await eachPartition(tenants, (tenant) => this.#items.release(tenant, subject.id, isLate));
    if (changed === 0)
      for (const tenant of listed) await this.#client.send(new DeleteCommand(this.#listed(subject.id, tenant)));
    return changed;
  }

  async #tenants(subject: string): Promise<readonly string[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "#tenant = :tenant",
        ProjectionExpression: "#tenant, #id",
        ExpressionAttributeNames: { "#tenant": hashKey, "#id": rangeKey },
        ExpressionAttributeValues: { ":tenant": heldTenantsPartition(subject) },
        ConsistentRead: true,
      },
    );
    const tenants: string[] = [];
    for await (const { Items = [] } of pages) tenants.push(...Items.map((item) => String(item[rangeKey])));
    return tenants;
  }

  #listed(subject: string, tenant: string) {
    return { TableName: this.#tableName, Key: { [hashKey]: heldTenantsPartition(subject), [rangeKey]: tenant } };
  }
}

function tenantsOf({ tenants, keyIds }: SubjectData): readonly string[] {
  return [...tenants, ...keyIds.map(keyTenant)];
}
