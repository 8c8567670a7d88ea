import type { RecordKind, RecordOf, StoredEventRecord } from "../../../contracts/control/records.ts";
import { keyOf } from "../../../domain/tenancy/changes.ts";
import type { ControlStore, ListRange } from "../store/control-store.ts";

/** The most records that are read at once; DynamoDB returns 1 MB at a time. */
const READ_AT_ONCE = 1000;
/** Each read after the first takes so many times the records of the one before: a filter drops most of them. */
const GROWTH = 4;

/** What a list takes of the records that it reads. */
export interface WantedRecords<R> {
  readonly isWanted: (record: R) => boolean;
  /** Whether neither this record nor one behind it is wanted. @default - the list is read to its end */
  readonly isPast?: (record: R) => boolean;
  /** What a list that goes on after the record has as `after`. @default - the record's own id, the last one */
  readonly cursorOf?: (record: R) => string | undefined;
}

/** The first records of a range that are wanted, one more than its limit where there are more. */
export function wantedRecords<K extends RecordKind>(
  store: ControlStore,
  organizationId: string,
  range: ListRange<K>,
  wanted: WantedRecords<RecordOf<K>>,
): Promise<readonly RecordOf<K>[]> {
  const { cursorOf = (record) => keyOf(record).ids.at(-1) } = wanted;
  return wantedOf((next) => store.list(organizationId, next), range, { ...wanted, cursorOf });
}

/** The same for audit events, also those that a newer release has written. */
export function wantedEvents(
  store: ControlStore,
  organizationId: string,
  range: ListRange<"event">,
  wanted: WantedRecords<StoredEventRecord>,
): Promise<readonly StoredEventRecord[]> {
  return wantedOf((next) => store.listEvents(organizationId, next), range, {
    ...wanted,
    cursorOf: ({ event }) => event.id,
  });
}

async function wantedOf<R, K extends RecordKind>(
  list: (range: ListRange<K>) => Promise<{ readonly records: readonly R[]; readonly hasMore: boolean }>,
  range: ListRange<K>,
  { isWanted, isPast = () => false, cursorOf }: WantedRecords<R> & Required<Pick<WantedRecords<R>, "cursorOf">>,
): Promise<readonly R[]> {
  const most = range.limit + 1;
  const found: R[] = [];
  let next = { ...range, limit: most };
  for (;;) {
    const { records, hasMore } = await list(next);
    for (const record of records) {
      if (isPast(record)) return found;
      if (isWanted(record)) found.push(record);
      if (found.length === most) return found;
    }
    const last = records.at(-1);
    const after = last && cursorOf(last);
    if (!hasMore || after === undefined) return found;
    next = { ...next, after, limit: Math.min(READ_AT_ONCE, GROWTH * next.limit) };
  }
}
