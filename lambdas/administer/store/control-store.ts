import type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { RecordKind, RecordOf, StoredEventRecord } from "../../../contracts/control/records.ts";
import type { ApiKeyItem } from "../../../contracts/processes/auth.ts";
import type { Change, RecordKey } from "../../../domain/tenancy/changes.ts";

/** An action of the same transaction on another table than that of records. */
export type OtherAction = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export interface ListRange<K extends RecordKind> {
  readonly kind: K;
  /** The first ids that all records of the list have. @default - none: all records of the kind */
  readonly within?: readonly string[];
  /** The last id of the record after which the list starts; it may be gone. @default - the list's start */
  readonly after?: string;
  readonly limit: number;
  /** @default false */
  readonly isNewestFirst?: boolean;
}

export interface RecordPage<K extends RecordKind> {
  readonly records: readonly RecordOf<K>[];
  readonly hasMore: boolean;
}

/** Events of a list, also those that a newer release has written. */
export interface EventPage {
  readonly records: readonly StoredEventRecord[];
  readonly hasMore: boolean;
}

/** The records of organisations. What is written can be read at once. */
export interface ControlStore {
  get<K extends RecordKind>(organizationId: string, key: RecordKey<K>): Promise<RecordOf<K> | undefined>;
  /** In the order of ids, which is the order of creation. */
  list<K extends RecordKind>(organizationId: string, range: ListRange<K>): Promise<RecordPage<K>>;
  /** Audit events in the same way. */
  listEvents(organizationId: string, range: ListRange<"event">): Promise<EventPage>;
  /** Ids of events that wait for the sealer. @param oldest id of the first event that is looked at, `newest` of the last */
  waitingEvents(organizationId: string, oldest: string, newest: string): Promise<ReadonlySet<string>>;
  /** The stored last use of a key for models, in ISO 8601. @returns undefined before its first use, and where there is no such key */
  keyLastUsedAt(keyId: string): Promise<string | undefined>;
  /** The project of a key for models; undefined for one that has none. @returns undefined where there is no such key */
  keyProject(keyId: string): Promise<{ readonly projectId: string | undefined } | undefined>;
  /** What decides about the use of a key for models, without its hash. @returns undefined where there is no key that gateways can read */
  keyUse(keyId: string): Promise<ApiKeyItem | undefined>;
  /** Whether an item of the keys table is there that ends keys. @param itemId of a key's `endedBy` */
  isEnded(itemId: string): Promise<boolean>;
  /** Version of the item of the keys table with a subject's limits; 0 where there is none. @param itemId `subjectLimitsId` */
  limitsVersion(itemId: string): Promise<number>;
  /** Whether the subject of such an item may use nothing but credit. */
  needsCredit(itemId: string): Promise<boolean>;
  /** Stores the last use of an admin key, unless one within the minute or a later one is stored. @param at Unix seconds */
  adminKeyUsed(organizationId: string, id: string, at: number): Promise<void>;
  /**
   * Makes all changes or none, and with them what is written to other tables.
   * @returns false when another change came first, so that one of them no longer holds
   */
  write(organizationId: string, changes: readonly Change[], others?: readonly OtherAction[]): Promise<boolean>;
}
