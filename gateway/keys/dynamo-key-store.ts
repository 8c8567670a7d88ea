import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { ABSENT_KEY, type ApiKeyItem, StoredApiKey } from "../../contracts/processes/auth.ts";
import { DEFAULT_ORGANIZATION } from "../../contracts/processes/people.ts";
import { endingIds, withEndings } from "../../domain/keys/ended-access.ts";
import { type LimitSubject, readSubjectLimits, subjectLimitsId } from "../../domain/limits/subject-limits.ts";
import { type Principal, principalOf } from "../../domain/people/principal-id.ts";
import type { GatewayKey, KeyStore } from "./key-store.ts";
import type { PrincipalKeys } from "./principal-keys.ts";
import { twiceInTime } from "./twice-in-time.ts";

/** Calls for the items that DynamoDB left out of a response: it does that when it is busy. */
const MAX_BATCH_CALLS = 4;

type Item = Readonly<Record<string, unknown>>;
type Items = ReadonlyMap<string, Item>;
type Person = Extract<Principal, { readonly type: "person" }>;

export interface DynamoKeyStoreOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
  /** Id of the organisation, whose limits count for all keys. @default "default" */
  readonly organization?: string | undefined;
  /** Rights of who comes with a token in place of a key. @default - there are no such ones */
  readonly principals?: Pick<PrincipalKeys, "get"> | undefined;
}

/**
 * Reads keys from the keys table, with the limits of all whose use they count for. An item that has not the form of a key
 * counts as none and grants no access; a key of an archived project, or by an access that has ended, counts as revoked.
 */
export class DynamoKeyStore implements KeyStore {
  readonly #options: DynamoKeyStoreOptions;

  constructor(options: DynamoKeyStoreOptions) {
    this.#options = options;
  }

  async get(keyId: string): Promise<GatewayKey | undefined> {
    const principal = principalOf(keyId);
    if (principal?.type === "person") return await this.#ofPerson(keyId, principal);
    if (principal !== undefined) return await this.#limited(await this.#options.principals?.get(keyId));
    const item = await this.#item(keyId);
    // An absent key is read like any other, so that it takes as long.
    const key = StoredApiKey.safeParse(item ?? ABSENT_KEY).data;
    return await this.#limited(item && key);
  }

  /** The id names whose limits count, so that they are read beside the rights and not after them. */
  async #ofPerson(keyId: string, { userId, projectId }: Person): Promise<GatewayKey | undefined> {
    const of = { keyId, projectId, owner: { type: "user", id: userId } } as const;
    const [key, items] = await Promise.all([this.#options.principals?.get(keyId), this.#items(this.#idsFor(of))]);
    // By which groups a person is in the project is known with the rights alone.
    const endings = key?.endedBy ?? [];
    return await this.#limited(
      key,
      endings.length === 0 ? items : new Map([...items, ...(await this.#items(endings))]),
    );
  }

  /** Ids of the items that say how a key may be used. */
  #idsFor(key: Pick<ApiKeyItem, "keyId" | "projectId" | "owner" | "endedBy">): readonly string[] {
    return [...this.#subjectsOf(key).map(subjectLimitsId), ...endingIds(key)];
  }

  #subjectsOf(key: Pick<ApiKeyItem, "keyId" | "projectId" | "owner">): readonly LimitSubject[] {
    return subjectsOf(key, this.#options.organization ?? DEFAULT_ORGANIZATION);
  }

  /**
   * The key with the limits of all whose use it counts for. For one that does not exist, as many items are read.
   * @param read ids that were read, with what is there. @default - none was
   */
  async #limited(key: ApiKeyItem | undefined, read?: Items): Promise<GatewayKey | undefined> {
    const known: ApiKeyItem = key ?? ABSENT_KEY;
    const subjects = this.#subjectsOf(known);
    const items = read ?? (await this.#items(this.#idsFor(known)));
    if (key === undefined) return undefined;
    const limits = subjects.flatMap((subject) => readSubjectLimits(subject, items.get(subjectLimitsId(subject))) ?? []);
    const ended = withEndings(key, (id) => items.get(id));
    if (limits.length === 0) return ended;
    const of = (wanted: LimitSubject["scope"]) => limits.find(({ scope }) => scope === wanted);
    const { weight, keepDays } = of("project") ?? {};
    const heldBy = limits.flatMap(({ isHeld, subject }) => (isHeld ? [subject] : []));
    const retention = of("project")?.retention ?? of("organization")?.retention;
    return {
      ...ended,
      limits,
      modelPermissions: of("project")?.models,
      ...(retention === undefined ? {} : { retention }),
      ...(weight === undefined ? {} : { weight }),
      ...(keepDays === undefined ? {} : { keepDays }),
      ...(heldBy.length === 0 ? {} : { heldBy }),
    };
  }

  async #item(keyId: string): Promise<Item | undefined> {
    const { client, tableName } = this.#options;
    // Consistent: a key must work as soon as it was shown to its owner, and not after it was revoked.
    const command = new GetCommand({ TableName: tableName, Key: { keyId }, ConsistentRead: true });
    return (await twiceInTime((abortSignal) => client.send(command, { abortSignal }))).Item;
  }

  /** Items by their ids, as far as they exist. */
  async #items(ids: readonly string[]): Promise<Items> {
    const { client, tableName } = this.#options;
    const items = new Map<string, Item>();
    let Keys: Record<string, unknown>[] = ids.map((keyId) => ({ keyId }));
    for (let call = 0; Keys.length > 0; call++) {
      if (call >= MAX_BATCH_CALLS) throw new Error("DynamoDB did not return all items of a key.");
      const command = new BatchGetCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } });
      const { Responses, UnprocessedKeys } = await twiceInTime((abortSignal) => client.send(command, { abortSignal }));
      for (const item of Responses?.[tableName] ?? []) items.set(String(item.keyId), item);
      Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return items;
  }
}

/** All whose limits count for the use of a key, each once. */
function subjectsOf(
  { keyId, projectId, owner }: Pick<ApiKeyItem, "keyId" | "projectId" | "owner">,
  organization: string,
): readonly LimitSubject[] {
  return [
    { scope: "organization", subject: organization },
    ...(projectId === undefined ? [] : [{ scope: "project", subject: projectId } as const]),
    ...(owner === undefined ? [] : [{ scope: owner.type, subject: owner.id } as const]),
    { scope: "key", subject: keyId },
  ];
}
