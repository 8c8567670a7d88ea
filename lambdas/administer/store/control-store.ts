import type { RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import type { Change, RecordKey } from "../../../domain/tenancy/changes.ts";

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
