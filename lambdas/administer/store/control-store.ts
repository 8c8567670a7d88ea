import type { ControlRecord, RecordKind, RecordOf } from "../../../contracts/control/records.ts";

/** Names one record of an organisation: its kind, and its ids from the outermost to its own. */
export interface RecordKey<K extends RecordKind = RecordKind> {
  readonly kind: K;
  readonly ids: readonly string[];
}

/**
 * One change of a transaction. All but `create` hold only while the stored record has `version`; `require` changes
 * nothing.
 */
export type Change =
  | { readonly action: "create"; readonly record: ControlRecord }
  | { readonly action: "replace"; readonly record: ControlRecord; readonly version: number }
  | { readonly action: "remove"; readonly key: RecordKey; readonly version: number }
  | { readonly action: "require"; readonly key: RecordKey; readonly version: number };

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

/** The records of organisations. What is written can be read at once. */
export interface ControlStore {
  get<K extends RecordKind>(organizationId: string, key: RecordKey<K>): Promise<RecordOf<K> | undefined>;
  /** In the order of ids, which is the order of creation. */
  list<K extends RecordKind>(organizationId: string, range: ListRange<K>): Promise<RecordPage<K>>;
  /** Makes all changes or none. @returns false when another change came first, so that one of them no longer holds */
  write(organizationId: string, changes: readonly Change[]): Promise<boolean>;
}

/** The key of a record. */
export function keyOf(record: ControlRecord): RecordKey {
  switch (record.kind) {
    case "membership":
      return { kind: record.kind, ids: [record.projectId, record.userId] };
    case "email":
      return { kind: record.kind, ids: [record.email] };
    case "event":
      return { kind: record.kind, ids: [record.event.id] };
    default:
      return { kind: record.kind, ids: [record.id] };
  }
}
