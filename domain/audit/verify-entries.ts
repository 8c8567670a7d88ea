import type { AuditFault } from "./audit-fault.ts";
import { type ChainEntry, parseEntry, sha256 } from "./chain-entry.ts";

/** Reports a fault of the chain that is verified. */
export type ReportFault = (fault: Omit<AuditFault, "chain">) => void;

/** Checks the entries of a chain one by one, and against the heads that cover them. */
export class EntryVerifier {
  readonly #chain: string;
  readonly #report: ReportFault;
  /** The number that the next entry must have. */
  #expected = 1;
  /** Of the entry before; `undefined` where that one is missing or unreadable. */
  #hash: string | undefined;

  readonly #onEvent: ((event: ChainEntry["event"]) => void) | undefined;

  /**
   * @param hash that the first entry must have for the one before
   * @param onEvent takes the event of each entry of the chain
   */
  constructor(chain: string, hash: string, report: ReportFault, onEvent?: (event: ChainEntry["event"]) => void) {
    this.#chain = chain;
    this.#hash = hash;
    this.#report = report;
    this.#onEvent = onEvent;
  }

  /** How many entries there were. */
  get count(): number {
    return this.#expected - 1;
  }

  /**
   * Checks the next line of a file.
   * @param firstSeq number in the file's name, for the file's first line
   */
  check(line: Buffer, file: string, firstSeq: number | undefined): void {
    const entry = parseEntry(line.toString());
    if (entry === undefined) {
      const seq = this.#expected++;
      this.#hash = undefined;
      return this.#report({ kind: "malformed", file, seq, text: "the line is no entry in canonical JSON" });
    }
    const { chain, seq, previous } = entry;
    if (firstSeq !== undefined && seq !== firstSeq)
      this.#report({ kind: "foreign", file, seq, text: "the file is not named after its first entry" });
    if (chain !== this.#chain)
      return this.#report({ kind: "foreign", file, seq, text: `the entry is one of the chain ${chain}` });
    if (seq < this.#expected)
      return this.#report({ kind: "out-of-order", file, seq, text: `the entry ${this.#expected} should be here` });
    if (seq > this.#expected) this.#reportMissing(file, seq - 1);
    else if (this.#hash !== undefined && previous !== this.#hash)
      this.#report({
        kind: "changed",
        file,
        seq,
        text: `its "previous" is not the SHA-256 of the entry before: one of the two was changed`,
      });
    this.#onEvent?.(entry.event);
    this.#hash = sha256(line);
    this.#expected = seq + 1;
  }

  /**
   * Compares the entries so far with a signed head, which is right: the entries after it are compared with it.
   * @param file where the last one of the entries should be
   */
  close(head: { readonly entries: number; readonly last: string; readonly name: string }, file: string): void {
    const { entries, last, name } = head;
    if (this.count < entries) this.#reportMissing(file, entries);
    else if (this.count > entries)
      this.#report({
        kind: "foreign",
        file,
        seq: entries + 1,
        text: `${name} says that the chain ends with the entry ${entries} here`,
      });
    else if (this.#hash !== undefined && this.#hash !== last)
      this.#report({ kind: "changed", file, seq: entries, text: `its SHA-256 is not the one that ${name} has signed` });
    this.#expected = entries + 1;
    this.#hash = last;
  }

  #reportMissing(file: string, last: number): void {
    const text = last === this.#expected ? "the entry is missing" : `the entries up to ${last} are missing`;
    this.#report({ kind: "missing", file, seq: this.#expected, text });
  }
}
