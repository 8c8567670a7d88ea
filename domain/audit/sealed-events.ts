import type { TableSummary } from "./audit-fault.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type ChainEntry, isCount, sha256 } from "./chain-entry.ts";
import type { ReportFault } from "./verify-entries.ts";

type Event = ChainEntry["event"];

/** An event as the control API's table has it. */
export interface TableEvent {
  readonly event: Event;
  /** Whether it got a mark for the sealer when it was stored; those of releases before the sealer did not. */
  readonly hasMark: boolean;
}

export interface TableComparison {
  /** All events that the table has of the chain, read after the chain's files. */
  readonly events: AsyncIterable<TableEvent>;
  /** Ids of those that waited for the sealer before the chain's files were listed. */
  readonly waiting: ReadonlySet<string>;
  /** From when to when events may have been stored while the files were read, in seconds since 1970. */
  readonly meanwhile: { readonly from: number; readonly to: number };
  readonly report: ReportFault;
}

const FILE = "table";
/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** The events of a chain's entries, by the hash of each, to compare with the table. */
export class SealedEvents {
  readonly #hashes = new Map<string, string>();

  add(event: Event): void {
    this.#hashes.set(String(event.id), sha256(canonicalJson(event)));
  }

  /** Compares the table's events with those that were added, once. */
  async compare({ events, waiting, meanwhile, report }: TableComparison): Promise<TableSummary> {
    let [unsealed, notYetSealed] = [0, 0];
    let newest = 0;
    for await (const { event, hasMark } of events) {
      const id = String(event.id);
      const hash = this.#hashes.get(id);
      // Whoever changes the table may have changed this too.
      const at = isCount(event.effective_at) ? Math.min(event.effective_at, LAST_SECOND) : 0;
      if (hash !== undefined) {
        if (hash !== sha256(canonicalJson(event)))
          report({ kind: "changed", file: FILE, text: `the event ${id} of the table is not as it was sealed` });
        this.#hashes.delete(id);
      } else if (waiting.has(id) || (at >= meanwhile.from && at <= meanwhile.to)) notYetSealed++;
      else if (hasMark)
        report({
          kind: "not-sealed",
          file: FILE,
          text: `the event ${id} of the table is not in the trail, and has no mark by which the sealer finds it`,
        });
      else {
        unsealed++;
        newest = Math.max(newest, at);
      }
    }
    for (const id of this.#hashes.keys())
      report({ kind: "missing", file: FILE, text: `the event ${id}, which is sealed, is not in the table` });
    const newestUnsealedAt = unsealed === 0 ? undefined : new Date(newest * 1000).toISOString();
    return { unsealed, newestUnsealedAt, waiting: notYetSealed };
  }
}
