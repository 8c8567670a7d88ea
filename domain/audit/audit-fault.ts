/** What can be wrong with a chain. */
export type FaultKind =
  /** An entry or a head does not have the hash that the next one, or a signature, says. */
  | "changed"
  /** An entry, a head or a file is not there. */
  | "missing"
  /** An entry comes a second time, or not in its order. */
  | "out-of-order"
  /** A file or an entry does not belong to this chain. */
  | "foreign"
  /** A line or a file does not have the form that Sluice writes. */
  | "malformed"
  /** A head's signature is not one of the key's. */
  | "signature"
  /** No signed head covers the entries. */
  | "unsigned"
  /** The newest head is too old: what came after it may have been cut off. */
  | "cut-tail"
  /** An event of the table is not in the trail, although it was marked for the sealer. */
  | "not-sealed"
  /** A file was written again or deleted after it had been stored. */
  | "overwritten";

export interface AuditFault {
  readonly kind: FaultKind;
  readonly chain: string;
  /** Path from the chain's folder; `table` for events of the control API's table. */
  readonly file: string;
  /** Of the entry, or of the head where `file` is one. @default - the fault is the whole file's */
  readonly seq?: number;
  /** A sentence without a full stop. */
  readonly text: string;
}

/** What a chain's verification found, beside its faults. */
export interface ChainSummary {
  readonly chain: string;
  readonly heads: number;
  /** Entries that a signed head covers. */
  readonly entries: number;
  /** Of the last signed head. */
  readonly newestHeadAt: string | undefined;
  /** Minutes without heads, in which entries were not sealed yet. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  /** What the comparison with the table found. @default - the files were not compared with it */
  readonly table?: TableSummary;
}

/** Events of the table that are in no chain, and that is no fault. */
export interface TableSummary {
  /** From a release before the sealer. */
  readonly unsealed: number;
  /** Time of the newest one of them, ISO 8601. */
  readonly newestUnsealedAt: string | undefined;
  /** They wait for the sealer's next run. */
  readonly waiting: number;
}
