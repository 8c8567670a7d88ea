import type { AuditPublicKey } from "../../domain/audit/signed-head.ts";
import { parseReport, reportFault } from "../../domain/erasure/erasure-report.ts";
import { textOfFile } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";

const MAX_REPORT_BYTES = 64 * 1024;

export interface ReportVerdict {
  readonly isIntact: boolean;
  /** One line. */
  readonly text: string;
}

/** Checks the signature of a report in a file, with public keys alone. @throws {UserError} where the file is no report */
export function verifyReport(file: string, keys: readonly AuditPublicKey[]): ReportVerdict {
  const report = parseReport(textOfFile(file, MAX_REPORT_BYTES));
  if (report === undefined) throw new UserError(`${file} is no report of an erasure; \`sluice erase\` writes one.`);
  const fault = reportFault(report, keys);
  const { subject, completed_at: at, chain } = report.statement;
  return fault === undefined
    ? { isIntact: true, text: `${subject} of ${chain} was erased at ${at}. The report is intact.` }
    : { isIntact: false, text: `Not intact: ${fault}.` };
}
