import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import type { Change, RecordKey } from "../../domain/tenancy/changes.ts";
import { type ControlTables, itemKey, storedRecord, transactActions } from "../../domain/tenancy/control-items.ts";
import type { FoundMember } from "../../domain/tenancy/first-admin-key.ts";
import { cancellationText, isLostRace } from "../../domain/tenancy/lost-race.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { UserError } from "../terminal/user-error.ts";

/** The control table of an environment, on AWS or in the local stack. */
export class ControlTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ControlTables;

  constructor({ tables, ...access }: AwsAccess & { readonly tables: ControlTables }) {
    this.#tables = tables;
    this.#client = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(access)));
  }

  /** What is stored about an organisation and an address. @param email in lower case */
  async find(organizationId: string, email: string): Promise<FoundMember> {
    const get = <K extends RecordKind>(kind: K, id: string) => this.#get(organizationId, { kind, ids: [id] });
    const [organization, owned] = await Promise.all([get("organization", organizationId), get("email", email)]);
    const [user, invite, provisioned] = owned
      ? await Promise.all([get("user", owned.ownerId), get("invite", owned.ownerId), get("scimUser", owned.ownerId)])
      : [];
    return { organization, email: owned, user, invite, provisioned };
  }

  /**
   * Makes all changes or none.
   * @returns false when another change came first
   * @throws {UserError} when DynamoDB cancels them for another reason
   */
  async write(organizationId: string, changes: readonly Change[]): Promise<boolean> {
    const TransactItems = [...transactActions(this.#tables, organizationId, changes)];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons;
      if (isLostRace(reasons)) return false;
      throw new UserError(
        `DynamoDB cancelled the change of ${this.#tables.control}, and nothing was changed: ${cancellationText(reasons)}. ` +
          "Try again when the reason is gone.",
      );
    }
  }

  async #get<K extends RecordKind>(organizationId: string, key: RecordKey<K>): Promise<RecordOf<K> | undefined> {
    const Key = { ...itemKey(organizationId, key) };
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#tables.control, Key, ConsistentRead: true }),
    );
    if (item === undefined) return undefined;
    const record = storedRecord(item, key.kind);
    if (record !== undefined) return record;
    throw new UserError(
      `This release can't read ${String(item.recordId)} in ${this.#tables.control}; use the release that wrote it.`,
    );
  }
}
