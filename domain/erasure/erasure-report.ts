import type { RecordOf } from "../../contracts/control/records.ts";
import { ErasureReport, type ErasureStatement } from "../../contracts/erasure/erasure.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { canonicalJson } from "../audit/canonical-json.ts";
import { type AuditPublicKey, isTextSignedBy } from "../audit/signed-head.ts";

/** When a report is signed, and with what. */
export interface Signing {
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  /** `keyFingerprint` of the key. */
  readonly key: string;
}

type Completed = Pick<
  RecordOf<"erasure">,
  "id" | "subjectType" | "requestedBy" | "startedAt" | "completedAt" | "counts"
>;

/** What the report of a completed erasure says. */
export function erasureStatement(chain: string, erasure: Completed, { at, key }: Signing): ErasureStatement {
  const { id, subjectType, requestedBy, startedAt, completedAt = startedAt, counts } = erasure;
  return {
    chain,
    completed_at: iso(completedAt),
    erased: counts,
    format: "sluice-erasure-1",
    key,
    requested_by: requestedBy,
    signed_at: at,
    started_at: iso(startedAt),
    subject: id,
    subject_type: subjectType,
  };
}

/** The bytes that are signed. */
export function erasureText(statement: ErasureStatement): string {
  return canonicalJson(statement);
}

/** The report of an erasure. @returns `undefined` until it is signed */
export function reportOf(chain: string, erasure: RecordOf<"erasure">): ErasureReport | undefined {
  const { signed } = erasure;
  return signed && { signature: signed.signature, statement: erasureStatement(chain, erasure, signed) };
}

/** A report in a file. @returns `undefined` for what is none of this format */
export function parseReport(text: string): ErasureReport | undefined {
  return ErasureReport.safeParse(parseJson(text)).data;
}

/** Why a report does not hold; `undefined` for one that one of the keys has signed as it is. */
export function reportFault(
  { signature, statement }: ErasureReport,
  keys: readonly AuditPublicKey[],
): string | undefined {
  const key = keys.find(({ fingerprint }) => fingerprint === statement.key);
  if (key === undefined)
    return `no public key has the fingerprint ${statement.key}; where the signing key was changed, give the former one too`;
  return isTextSignedBy(erasureText(statement), signature, key)
    ? undefined
    : "the signature is not one of the key's over this statement: the report was changed after it was signed";
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
