import { type ChainEntry, entryText, NO_HASH, sha256 } from "./chain-entry.ts";
import { segmentFile } from "./chain-files.ts";
import { type HeadStatement, statementText } from "./signed-head.ts";

/** Where a chain ends: what the next segment and the next head continue. */
export interface ChainEnd {
  readonly chain: string;
  /** How many heads it has. */
  readonly heads: number;
  /** SHA-256 of the last head's statement. */
  readonly head: string;
  readonly entries: number;
  /** SHA-256 of the last entry. */
  readonly last: string;
}

export interface Segment {
  readonly file: string;
  /** JSON Lines. */
  readonly text: string;
  /** Of its last entry. */
  readonly last: string;
  /** How many entries the chain has with it. */
  readonly entries: number;
}

/** A chain without entries. */
export function newChain(chain: string): ChainEnd {
  return { chain, heads: 0, head: NO_HASH, entries: 0, last: NO_HASH };
}

/** Events as the next segment of a chain, in their order. There must be one or more. */
export function nextSegment(end: ChainEnd, events: readonly ChainEntry["event"][]): Segment {
  let previous = end.last;
  let text = "";
  for (const [index, event] of events.entries()) {
    const entry = entryText({ chain: end.chain, event, previous, seq: end.entries + 1 + index });
    previous = sha256(entry);
    text += `${entry}\n`;
  }
  return { file: segmentFile(end.entries + 1), text, last: previous, entries: end.entries + events.length };
}

/**
 * What the next head of a chain says.
 * @param segment which it covers. @default - none: nothing happened since the last head
 * @param key fingerprint of the key that will sign
 */
export function nextStatement(
  end: ChainEnd,
  segment: Pick<Segment, "entries" | "last"> | undefined,
  signing: { readonly atMs: number; readonly key: string },
): HeadStatement {
  const { entries, last } = segment ?? end;
  return {
    chain: end.chain,
    number: end.heads + 1,
    previous: end.head,
    entries,
    last,
    at: new Date(signing.atMs).toISOString(),
    key: signing.key,
  };
}

/** Where a chain ends once a statement is signed. */
export function endAfter(statement: HeadStatement): ChainEnd {
  const { chain, number, entries, last } = statement;
  return { chain, heads: number, head: sha256(statementText(statement)), entries, last };
}
