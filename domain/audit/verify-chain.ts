import type { AuditFault, ChainSummary } from "./audit-fault.ts";
import { type ChainEntry, NO_HASH } from "./chain-entry.ts";
import { type ChainFileName, segmentFile, sortedFiles } from "./chain-files.ts";
import type { ChainStore } from "./chain-store.ts";
import { fileLines, MAX_LINE_BYTES } from "./file-lines.ts";
import type { AuditPublicKey } from "./signed-head.ts";
import { EntryVerifier, type ReportFault } from "./verify-entries.ts";
import { HeadVerifier } from "./verify-heads.ts";

export interface Verification {
  readonly store: ChainStore;
  /** Of which one must have signed each head. */
  readonly keys: readonly AuditPublicKey[];
  /** When the files were complete, in milliseconds since 1970: newer entries than the newest head's were not sealed yet. */
  readonly until: number;
  readonly report: (fault: AuditFault) => void;
  /** Takes the event of each entry. @default - nobody does */
  readonly onEvent?: ((event: ChainEntry["event"]) => void) | undefined;
}

/** Verifies one chain. @returns what there is, whatever its faults */
export async function verifyChain(
  chain: string,
  { store, keys, until, report, onEvent }: Verification,
): Promise<ChainSummary> {
  const reportFault: ReportFault = (fault) => report({ chain, ...fault });
  const files = await store.files(chain);
  for (const { name, overwritten: text } of files)
    if (text !== undefined) reportFault({ kind: "overwritten", file: name, text });
  const { heads, segments, foreign } = sortedFiles(files.map(({ name }) => name));
  for (const file of foreign) reportFault({ kind: "foreign", file, text: "Sluice writes no file of this name" });

  const headVerifier = new HeadVerifier(chain, keys, reportFault);
  const entries = new EntryVerifier(chain, NO_HASH, reportFault, onEvent);
  const waiting = segments.values();
  let segment = waiting.next();
  for (const head of heads) {
    const statement = headVerifier.check(await headContent(store, chain, head), head);
    if (statement === undefined) continue;
    let file = segmentFile(entries.count + 1);
    for (; !segment.done && segment.value.number <= statement.entries; segment = waiting.next()) {
      file = segment.value.name;
      await verifySegment(store.read(chain, file), segment.value, entries, reportFault);
    }
    entries.close({ ...statement, name: head.name }, file);
  }
  for (; !segment.done; segment = waiting.next())
    reportFault({
      kind: "unsigned",
      file: segment.value.name,
      seq: segment.value.number,
      text: "no signed head covers these entries; right after they were written, verify again in a minute",
    });
  return headVerifier.finish(until, entries.count, heads.length);
}

async function verifySegment(
  pieces: AsyncIterable<Uint8Array>,
  { name, number }: ChainFileName,
  entries: EntryVerifier,
  report: ReportFault,
): Promise<void> {
  let isFirst = true;
  for await (const lines of fileLines(pieces))
    for (const { bytes, isWhole } of lines) {
      const seq = entries.count + 1;
      entries.check(bytes, name, isFirst ? number : undefined);
      if (!isWhole)
        report({ kind: "malformed", file: name, seq, text: "the file's last line has no end, or is too long" });
      isFirst = false;
    }
  if (isFirst) report({ kind: "malformed", file: name, seq: number, text: "the file is empty" });
}

async function headContent(store: ChainStore, chain: string, { name }: ChainFileName): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of store.read(chain, name)) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_LINE_BYTES) break;
  }
  return Buffer.concat(pieces).toString();
}
