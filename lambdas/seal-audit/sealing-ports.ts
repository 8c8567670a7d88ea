import type { RecordOf } from "../../contracts/control/records.ts";
import type { ChainEntry } from "../../domain/audit/chain-entry.ts";
import type { ChainEnd } from "../../domain/audit/seal.ts";
import type { HeadStatement } from "../../domain/audit/signed-head.ts";

/** A chain as the table has it. */
export interface StoredChain {
  readonly end: ChainEnd;
  /** Raised by every change. 0: the chain is not stored yet. */
  readonly version: number;
  /** Ids of events that are in no segment that the table knows, in the order in which they are to be sealed. */
  readonly unsealed: readonly string[];
}

/** The control API's table, as far as it is about audit events. What was written can be read at once. */
export interface AuditTable {
  /** All chains, those whose first events are not sealed yet too. */
  chains(): Promise<readonly StoredChain[]>;
  /** The events with these ids, in their order. @throws {Error} when one is missing */
  events(chain: string, ids: readonly string[]): Promise<readonly ChainEntry["event"][]>;
  /**
   * Stores the chain's new end and marks the events as sealed, in one transaction.
   * @returns false when another sealer came first: the chain no longer has the version
   */
  advance(chain: StoredChain, end: ChainEnd, sealed: readonly string[]): Promise<boolean>;
  /** Whether the chain still has the version: no other sealer came first. */
  isCurrent(chain: StoredChain): Promise<boolean>;
}

/** A bucket with Object Lock. */
export interface AuditBucket {
  /** Writes an object unless there is one with the key. @returns the content that the object has now */
  putOnce(key: string, content: string): Promise<string>;
  /** @throws {Error} where there is no such object */
  read(key: string): Promise<string>;
}

/** How many entries of each chain the delivery stream has taken. What was written can be read at once. */
export interface StreamPositions {
  /** By chain. None: 0 */
  streamed(): Promise<ReadonlyMap<string, number>>;
  /** Never goes back: of two runs at once the one that is further counts. */
  store(chain: string, entries: number): Promise<void>;
}

/** Takes records for a SIEM, and keeps them until they are delivered. */
export interface AuditStream {
  /** Of one line each, without a line end. @throws {Error} where it has not taken all of them; it may have taken some */
  send(records: readonly string[]): Promise<void>;
}

/** The reports of completed erasures that no key has signed. What was written can be read at once. */
export interface ErasureTable {
  unsignedErasures(): Promise<readonly UnsignedErasure[]>;
  /** Stores the erasure with its signature, and that it has one, in one transaction. @returns false when it was changed meanwhile */
  storeSigned(unsigned: UnsignedErasure, signed: RecordOf<"erasure">): Promise<boolean>;
}

export interface UnsignedErasure {
  readonly organizationId: string;
  readonly record: RecordOf<"erasure">;
}

export interface TextSigner {
  /** `keyFingerprint` of the public key. */
  readonly fingerprint: string;
  /** @returns ECDSA on P-256 with SHA-256 over the text of at most 4,096 bytes, DER in base64 */
  signText(text: string): Promise<string>;
}

export interface HeadSigner {
  /** `keyFingerprint` of the public key. */
  readonly fingerprint: string;
  /** Its SubjectPublicKeyInfo: DER in base64. */
  readonly publicKey: string;
  /** @returns ECDSA on P-256 with SHA-256 over the statement's text, DER in base64 */
  sign(statement: HeadStatement): Promise<string>;
  /** Whether the key has made the signature. */
  verifies(statement: HeadStatement, signature: string): boolean;
}
