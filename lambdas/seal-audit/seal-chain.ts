import { entryText, parseEntry, sha256 } from "../../domain/audit/chain-entry.ts";
import { headFile, segmentFile } from "../../domain/audit/chain-files.ts";
import { type ChainEnd, endAfter, nextSegment, nextStatement } from "../../domain/audit/seal.ts";
import {
  auditPublicKey,
  type HeadStatement,
  headText,
  isSignedBy,
  parseHead,
  publicKeyPem,
} from "../../domain/audit/signed-head.ts";
import type { AuditBucket, AuditTable, HeadSigner, StoredChain } from "./sealing-ports.ts";

export interface SealTools {
  readonly table: AuditTable;
  readonly bucket: Pick<AuditBucket, "putOnce">;
  readonly signer: HeadSigner;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A transaction of DynamoDB has 100 actions: one is the chain's end, and each event's mark is another one. */
export const MAX_EVENTS_PER_SEGMENT = 99;

/** The entries of a segment that is in the bucket. */
interface WrittenSegment {
  readonly entries: number;
  readonly last: string;
  readonly ids: readonly string[];
}

/**
 * Seals the next events of a chain: writes a segment, then a signed head, then the chain's new end in the table. The
 * bucket takes each file once, so a run continues what a run that ended at any of these steps has written, and of two
 * runs at once both write the same.
 * @returns false when another run came first
 * @throws {Error} when the bucket has what no run can have written
 */
export async function sealChain(chain: StoredChain, { table, bucket, signer, now }: SealTools): Promise<boolean> {
  const { end, unsealed } = chain;
  const segment = unsealed.length === 0 ? undefined : await writeSegment(chain, table, bucket);
  const statement = nextStatement(end, segment, { atMs: now(), key: signer.fingerprint });
  const content = headText({ statement, signature: await signer.sign(statement) });
  const file = headFile(statement.number);
  const found = await bucket.putOnce(`${end.chain}/${file}`, content);
  const { statement: stored, publicKey } = checkedHead(found, statement, end.signer, signer) ?? {};
  if (stored === undefined || publicKey === undefined) {
    // A run whose key is another one may have come first, while the sealer's key was being changed.
    if (!(await table.isCurrent(chain))) return false;
    throw unverifiable(found, statement, signer);
  }
  const next = { ...endAfter(stored), signer: publicKey };
  if (stored.entries === end.entries && stored.last === end.last) return table.advance(chain, next, []);
  if (segment === undefined || stored.entries !== segment.entries || stored.last !== segment.last) {
    // Another run may have sealed these events after the end of the chain was read, and before their marks were.
    if (!(await table.isCurrent(chain))) return false;
    throw foreign(end, file, `covers ${stored.entries} entries`);
  }
  return table.advance(chain, next, segment.ids);
}

async function writeSegment({ end, unsealed }: StoredChain, table: AuditTable, bucket: SealTools["bucket"]) {
  const ids = unsealed.slice(0, MAX_EVENTS_PER_SEGMENT);
  const proposed = nextSegment(end, await table.events(end.chain, ids));
  const text = await bucket.putOnce(`${end.chain}/${proposed.file}`, proposed.text);
  if (text === proposed.text) return { entries: proposed.entries, last: proposed.last, ids };
  // An earlier run wrote it, for fewer events than there are now. They must be those of the table.
  const segment = readSegment(end, text);
  const expected = await table.events(end.chain, segment.ids);
  if (nextSegment(end, expected).text !== text) throw foreign(end, proposed.file, "has other events than the table");
  return segment;
}

function readSegment(end: ChainEnd, text: string): WrittenSegment {
  const file = segmentFile(end.entries + 1);
  const ids: string[] = [];
  let last = end.last;
  for (const line of text.split("\n").slice(0, -1)) {
    const entry = parseEntry(line);
    if (entry === undefined || typeof entry.event.id !== "string") throw foreign(end, file, "has a malformed entry");
    ids.push(entry.event.id);
    last = sha256(entryText(entry));
  }
  if (ids.length === 0) throw foreign(end, file, "is empty");
  return { entries: end.entries + ids.length, last, ids };
}

interface CheckedHead {
  readonly statement: HeadStatement;
  /** The key that has signed it. */
  readonly publicKey: string;
}

/**
 * The head that the bucket has: this run's, or that of a run which ended after it. Where the signing key was changed since,
 * that run signed with the former key, which is known from the head before; the next head, of the new key, is over its hash.
 * @param former key that signed the head before
 * @returns `undefined` for one that does not continue the chain, or that neither key has signed
 */
function checkedHead(
  text: string,
  expected: HeadStatement,
  former: string | undefined,
  signer: HeadSigner,
): CheckedHead | undefined {
  const head = parseHead(text);
  if (head === undefined || !isContinued(head.statement, expected)) return undefined;
  const { statement } = head;
  if (statement.key === signer.fingerprint)
    return signer.verifies(statement, head.signature) ? { statement, publicKey: signer.publicKey } : undefined;
  if (former === undefined) return undefined;
  const key = auditPublicKey(publicKeyPem(Buffer.from(former, "base64")));
  return statement.key === key.fingerprint && isSignedBy(head, key) ? { statement, publicKey: former } : undefined;
}

function isContinued({ chain, number, previous }: HeadStatement, expected: HeadStatement): boolean {
  return chain === expected.chain && number === expected.number && previous === expected.previous;
}

function unverifiable(text: string, expected: HeadStatement, { fingerprint }: HeadSigner): Error {
  const { chain, number } = expected;
  const file = `${chain}/${headFile(number)}`;
  const head = parseHead(text);
  const remedy = `see "The sealer stops" in docs/audit.md.`;
  if (head !== undefined && isContinued(head.statement, expected) && head.statement.key !== fingerprint)
    return new Error(
      `${file} in the audit bucket names the key ${head.statement.key}, and the sealer signs with ${fingerprint}: the signing key was ` +
        `changed while a run was under way, and the former key is not known here. Let the sealer sign with it for one run; ${remedy}`,
    );
  return new Error(`${file} in the audit bucket is no head that continues the chain; ${remedy}`);
}

function foreign({ chain }: ChainEnd, file: string, text: string): Error {
  return new Error(
    `${chain}/${file} in the audit bucket ${text}, and no run of the sealer can have written it so; see "The sealer stops" in docs/audit.md.`,
  );
}

export interface SealReport {
  /** Organisations with events that wait, or without the head that is due. */
  readonly unsealed: number;
  readonly errors: readonly Error[];
}

export interface SealRun {
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
  /** Whether chains without new events get no head. @default false: each gets the head that is due */
  readonly isForEventsOnly?: boolean;
}

/** Seals all chains, each until nothing is left to seal or the time is over. One chain's error does not stop the others. */
export async function sealAll(tools: SealTools & SealRun): Promise<SealReport> {
  const errors: Error[] = [];
  const { isForEventsOnly = false } = tools;
  const isLate = () => tools.now() >= tools.deadlineMs;
  const due = (await tools.table.chains()).filter(({ unsealed }) => !isForEventsOnly || unsealed.length > 0);
  const open = new Set(due.map(({ end }) => end.chain));
  while (open.size > 0 && !isLate())
    for (const chain of await tools.table.chains()) {
      if (!open.has(chain.end.chain) || isLate()) continue;
      try {
        const isFirst = await sealChain(chain, tools);
        // The other run continues; so does this one where more events are left than a segment takes.
        if (!isFirst || chain.unsealed.length <= MAX_EVENTS_PER_SEGMENT) open.delete(chain.end.chain);
      } catch (error) {
        errors.push(error instanceof Error ? error : new Error(String(error)));
        open.delete(chain.end.chain);
      }
    }
  return { unsealed: open.size + errors.length, errors };
}
