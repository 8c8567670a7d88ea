import type { AuditFault, ChainSummary } from "./audit-fault.ts";
import { NO_HASH, sha256 } from "./chain-entry.ts";
import type { ChainFileName } from "./chain-files.ts";
import { type AuditPublicKey, type HeadStatement, isSignedBy, parseHead, statementText } from "./signed-head.ts";
import type { ReportFault } from "./verify-entries.ts";

/**
 * Heads are signed each minute. A schedule may be a minute late and a failed run is repeated a minute later; five minutes
 * without a head are a gap, and at the end a cut tail.
 */
export const LONGEST_PAUSE_MS = 5 * 60_000;

/** Checks the heads of a chain one by one. */
export class HeadVerifier {
  readonly #chain: string;
  readonly #keys: readonly AuditPublicKey[];
  readonly #report: ReportFault;
  readonly #gaps: { readonly from: string; readonly to: string }[] = [];
  #expected = 1;
  /** Of the statement before; `undefined` where that one is missing or can't be trusted. */
  #hash: string | undefined = NO_HASH;
  /** The last statement that a key has signed. */
  #last: HeadStatement | undefined;

  constructor(chain: string, keys: readonly AuditPublicKey[], report: ReportFault) {
    this.#chain = chain;
    this.#keys = keys;
    this.#report = report;
  }

  /** @returns the statement, where a key has signed it for this chain and this number */
  check(content: string, { name: file, number: seq }: ChainFileName): HeadStatement | undefined {
    if (seq > this.#expected) {
      const last = seq - 1;
      const text = last === this.#expected ? "the head is missing" : `the heads up to ${last} are missing`;
      this.#report({ kind: "missing", file, seq: this.#expected, text });
      this.#hash = undefined;
    }
    this.#expected = seq + 1;
    const fault = (kind: AuditFault["kind"], text: string) => {
      this.#report({ kind, file, seq, text });
      this.#hash = undefined;
      return undefined;
    };
    const head = parseHead(content);
    if (head === undefined) return fault("malformed", "the file is no head in canonical JSON");
    const { statement } = head;
    const key = this.#keys.find(({ fingerprint }) => fingerprint === statement.key);
    if (key === undefined)
      return fault(
        "signature",
        `no public key has the fingerprint ${statement.key}; where the signing key was changed, give the former one too`,
      );
    if (!isSignedBy(head, key)) return fault("signature", "the signature is not one of the key's over this head");
    if (statement.chain !== this.#chain) return fault("foreign", `the head is one of the chain ${statement.chain}`);
    if (statement.number !== seq) return fault("foreign", `the file has the head ${statement.number}`);
    if (this.#hash !== undefined && statement.previous !== this.#hash)
      this.#report({ kind: "changed", file, seq, text: `its "previous" is not the SHA-256 of the head before` });
    this.#hash = sha256(statementText(statement));
    const isOlder =
      this.#last !== undefined && (statement.entries < this.#last.entries || statement.at < this.#last.at);
    if (isOlder) return fault("changed", "the head has fewer entries, or an earlier time, than the head before");
    if (this.#last && Date.parse(statement.at) - Date.parse(this.#last.at) > LONGEST_PAUSE_MS)
      this.#gaps.push({ from: this.#last.at, to: statement.at });
    this.#last = statement;
    return statement;
  }

  finish(until: number, entries: number, heads: number): ChainSummary {
    const newestHeadAt = this.#last?.at;
    const end = newestHeadAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newestHeadAt);
    if (until - end > LONGEST_PAUSE_MS)
      this.#report({
        kind: "cut-tail",
        file: "heads",
        seq: this.#expected,
        text:
          newestHeadAt === undefined
            ? "the chain has no signed head"
            : `the newest signed head is of ${newestHeadAt}, and one is due each minute until ${new Date(until).toISOString()}; ` +
              "entries may have been cut off, unless the files are a copy of that time (--until)",
      });
    return { chain: this.#chain, heads, entries, newestHeadAt, gaps: this.#gaps };
  }
}
