import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { PeopleReads } from "../../domain/people/people-reads.ts";
import type { Change } from "../../domain/tenancy/changes.ts";
import { type ControlTables, transactActions } from "../../domain/tenancy/control-items.ts";
import { isLostRace } from "../../domain/tenancy/lost-race.ts";
import type { ExchangeRecord } from "../../domain/workloads/workload-key.ts";

/** What a sign-in reads and writes of one organisation in the control table. */
export class PeopleStore extends PeopleReads {
  readonly #client: Pick<DynamoDBDocumentClient, "send">;
  readonly #tables: ControlTables;

  constructor(client: Pick<DynamoDBDocumentClient, "send">, tables: ControlTables, organizationId: string) {
    const reads = {
      get: (input: ConstructorParameters<typeof GetCommand>[0]) => client.send(new GetCommand(input)),
      query: (input: ConstructorParameters<typeof QueryCommand>[0]) => client.send(new QueryCommand(input)),
    };
    super(reads, tables.control, organizationId);
    this.#client = client;
    this.#tables = tables;
  }

  /** Whether a token was exchanged. */
  async isUsed({ keyId }: ExchangeRecord): Promise<boolean> {
    const command = new GetCommand({ TableName: this.#tables.keys, Key: { keyId }, ConsistentRead: true });
    return (await this.#client.send(command)).Item !== undefined;
  }

  /**
   * Makes all changes, and stores that a token was exchanged, or none of it.
   * @returns `used` when the token was exchanged before, `lost-race` when another change came first
   */
  async write(changes: readonly Change[], used: ExchangeRecord | undefined): Promise<"stored" | "used" | "lost-race"> {
    const actions = transactActions(this.#tables, this.organizationId, changes);
    const put = { TableName: this.#tables.keys, ConditionExpression: "attribute_not_exists(keyId)" };
    const TransactItems = [...actions, ...(used ? [{ Put: { ...put, Item: { ...used } } }] : [])];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return "stored";
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const { CancellationReasons: reasons = [] } = error;
      if (used !== undefined && reasons[actions.length]?.Code === "ConditionalCheckFailed") return "used";
      if (isLostRace(reasons)) return "lost-race";
      throw error;
    }
  }
}
