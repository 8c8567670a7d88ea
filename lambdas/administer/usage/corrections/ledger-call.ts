import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import type { Caller, ControlCall } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import type { UsageLedger } from "../../store/usage-ledger.ts";

const DAY = 86_400;
/** Hours whose files may have an event of an hour: a segment lasts 15 minutes at most, and is named by its beginning. */
export const HOUR = 3600;

export interface LedgerCall {
  readonly caller: Caller;
  readonly organization: string;
  readonly ledger: UsageLedger | undefined;
  readonly nowMs: number;
}

/**
 * The ledger of usage, for the operator's organisation.
 * @throws {ControlError} in any other one, whose owners could take back what they are charged
 */
export function ledgerOf({ caller, organization, ledger }: LedgerCall): UsageLedger {
  if (caller.organizationId !== organization)
    throw new ControlError(
      "invalid_request",
      "Usage is corrected by the operator alone: only admin keys of the operator's organisation can do that.",
      { rule: "not-operator" },
    );
  if (ledger !== undefined) return ledger;
  throw new ControlError(
    "not_found",
    "This environment stores no usage: `usage` is null in its environment file, which the operator can change.",
    { rule: "no-usage" },
  );
}

/** @throws {ControlError} where the files of events of that time may be deleted, or the time is not over */
export function requireFiles(ledger: UsageLedger, { nowMs }: LedgerCall, param: string, seconds: number): void {
  const now = unixSeconds(nowMs);
  const oldest = (Math.floor(now / DAY) - ledger.retentionDays + 1) * DAY;
  if (seconds > now) throw new ControlError("invalid_request", `${param} is ${seconds}, which is not over.`, { param });
  if (seconds >= oldest) return;
  throw new ControlError(
    "invalid_request",
    `${param} is ${seconds}, and files of events are stored for ${ledger.retentionDays} days (\`usage.retentionDays\`): the first one that is complete is that of ${oldest}.`,
    { param },
  );
}

/** @throws {ControlError} */
export function tooManyFiles(files: number): ControlError {
  return new ControlError(
    "storage_unavailable",
    `The ${files} files of events of these hours could not all be read in the time of one request; try again when the service has less to do.`,
  );
}

/** A call whose response may be another one when it is repeated. */
export function unrepeated<Call extends Pick<ControlCall<"createErasure">, "repeatable">>(call: Call): Call {
  return { ...call, repeatable: undefined };
}
