import { type ChainEntry, parseEntry } from "../../domain/audit/chain-entry.ts";
import { segmentFile } from "../../domain/audit/chain-files.ts";
import { ocsfOfEntry } from "../../domain/audit/ocsf/ocsf-of-entry.ts";
import type { AuditBucket, AuditStream, AuditTable, StoredChain, StreamPositions } from "./sealing-ports.ts";

export interface StreamTools {
  readonly table: Pick<AuditTable, "chains">;
  readonly bucket: Pick<AuditBucket, "read">;
  readonly positions: StreamPositions;
  readonly stream: AuditStream;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
}

/**
 * Gives the sealed events of all chains to the delivery stream, as OCSF records, each chain from where the last run ended: the
 * first run begins with the chain's first event. A segment counts as given once the stream has taken all of it, so that a run
 * that ends in the middle gives some of its events twice and loses none.
 * @returns what failed; one chain's error does not stop the others, and the next run goes on
 */
export async function streamAll(tools: StreamTools): Promise<readonly Error[]> {
  const errors: Error[] = [];
  const failed = (error: unknown) => void errors.push(error instanceof Error ? error : new Error(String(error)));
  const [positions, chains] = [await tools.positions.streamed(), await tools.table.chains()];
  for (const { end } of chains) await streamChain(end, positions.get(end.chain) ?? 0, tools).catch(failed);
  return errors;
}

async function streamChain(
  { chain, entries }: StoredChain["end"],
  from: number,
  { bucket, positions, stream, now, deadlineMs }: StreamTools,
): Promise<void> {
  for (let streamed = from; streamed < entries; ) {
    if (now() >= deadlineMs)
      throw new Error(
        `${entries - streamed} audit events of ${chain} wait for the delivery stream; the next run goes on.`,
      );
    // A run gives whole segments, so the next entry is the first one of a segment.
    const file = `${chain}/${segmentFile(streamed + 1)}`;
    const segment = entriesOf(await bucket.read(file), file);
    await stream.send(segment.map((entry) => JSON.stringify(ocsfOfEntry(entry))));
    streamed += segment.length;
    await positions.store(chain, streamed);
  }
}

/** @throws {Error} for a segment that the sealer can't have written */
function entriesOf(text: string, file: string): readonly ChainEntry[] {
  const entries = text
    .split("\n")
    .slice(0, -1)
    .map((line) => parseEntry(line));
  const whole = entries.filter((entry) => entry !== undefined);
  if (whole.length > 0 && whole.length === entries.length) return whole;
  throw new Error(
    `${file} in the audit bucket is no segment of the trail, so its events are not given to the delivery stream; ` +
      `see "The sealer stops" in docs/audit.md.`,
  );
}
