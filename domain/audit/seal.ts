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
  /** When the last head was signed, by its statement. @default - there is none, or an earlier release stored the end */
  readonly at?: string;
  /** Public key that has signed the last head: SubjectPublicKeyInfo, DER in base64. @default - as `at` */
  readonly signer?: string;
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
 * What the next head of a chain says. Its time is never before that of the head before: a clock that was set back, or that
 * of another machine, would make a chain that does not verify.
 * @param segment which it covers. @default - none: nothing happened since the last head
 * @param key fingerprint of the key that will sign
 */
export function nextStatement(
  end: ChainEnd,
  segment: Pick<Segment, "entries" | "last"> | undefined,
  signing: { readonly atMs: number; readonly key: string },
): HeadStatement {
  const { entries, last } = segment ?? end;
  const now = new Date(signing.atMs).toISOString();
  return {
    chain: end.chain,
    number: end.heads + 1,
    previous: end.head,
    entries,
    last,
    at: end.at !== undefined && end.at > now ? end.at : now,
    key: signing.key,
  };
}

/** Where a chain ends once a statement is signed. */
export function endAfter(statement: HeadStatement): ChainEnd {
  const { chain, number, entries, last, at } = statement;
  return { chain, heads: number, head: sha256(statementText(statement)), entries, last, at };
}
