import type { RecordKind, RecordOf, StoredEventRecord } from "../../../contracts/control/records.ts";
import { keyOf } from "../../../domain/tenancy/changes.ts";
import type { ControlStore, ListRange } from "../store/control-store.ts";

/** The most records that are read at once; DynamoDB returns 1 MB at a time. */
const READ_AT_ONCE = 1000;
/**
 * The most events that one request reads. 10,000 are 10 MB or so, read within a second. Without one that is wanted it reads
 * on, as OpenAI's SDKs take an empty page for the last one (`core/pagination.js` of openai 7). A list goes on where it ended.
 */
const MOST_EVENTS: MostRead = { withSome: 10_000, withNone: 50_000 };
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

/** The most records that are read once some were found, and until then. */
interface MostRead {
  readonly withSome: number;
  readonly withNone: number;
}

const ALL: MostRead = { withSome: Number.POSITIVE_INFINITY, withNone: Number.POSITIVE_INFINITY };

/** What was found, one more than the limit where there are more. */
export interface Found<R> {
  readonly records: readonly R[];
  /** Where a list goes on that has read as much as one request may. @default - it has read as much as it had to */
  readonly stoppedAt: string | undefined;
}

/** The first records of a range that are wanted, one more than its limit where there are more. */
export async function wantedRecords<K extends RecordKind>(
  store: ControlStore,
  organizationId: string,
  range: ListRange<K>,
  wanted: WantedRecords<RecordOf<K>>,
): Promise<readonly RecordOf<K>[]> {
  const { cursorOf = (record) => keyOf(record).ids.at(-1) } = wanted;
  return (await wantedOf((next) => store.list(organizationId, next), range, { ...wanted, cursorOf })).records;
}

/** The same for audit events, also those that a newer release has written, of which there may be millions. */
export function wantedEvents(
  store: ControlStore,
  organizationId: string,
  range: ListRange<"event">,
  wanted: WantedRecords<StoredEventRecord>,
): Promise<Found<StoredEventRecord>> {
  return wantedOf(
    (next) => store.listEvents(organizationId, next),
    range,
    { ...wanted, cursorOf: ({ event }) => event.id },
    MOST_EVENTS,
  );
}

async function wantedOf<R, K extends RecordKind>(
  list: (range: ListRange<K>) => Promise<{ readonly records: readonly R[]; readonly hasMore: boolean }>,
  range: ListRange<K>,
  { isWanted, isPast = () => false, cursorOf }: WantedRecords<R> & Required<Pick<WantedRecords<R>, "cursorOf">>,
  mostRead = ALL,
): Promise<Found<R>> {
  const most = range.limit + 1;
  const found: R[] = [];
  const done = { records: found, stoppedAt: undefined };
  let read = 0;
  let next = { ...range, limit: most };
  for (;;) {
    const { records, hasMore } = await list(next);
    for (const record of records) {
      if (isPast(record)) return done;
      if (isWanted(record)) found.push(record);
      if (found.length === most) return done;
    }
    read += records.length;
    const left = (found.length === 0 ? mostRead.withNone : mostRead.withSome) - read;
    const last = records.at(-1);
    const after = last && cursorOf(last);
    if (!hasMore || after === undefined) return done;
    if (left <= 0) return { records: found, stoppedAt: after };
    next = { ...next, after, limit: Math.min(READ_AT_ONCE, left, GROWTH * next.limit) };
  }
}
