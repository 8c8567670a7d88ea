import { GatewayError } from "../core/gateway-error.ts";

/** For how long something is stored. */
export interface StorageTerms {
  /** @default - the environment's days */
  readonly keepDays?: number | undefined;
  /** Ids of subjects that a legal hold is on: it does not expire while one is. @default - none is held */
  readonly heldBy?: readonly string[] | undefined;
}

/** Reads the terms when something is stored: a hold may have been placed while it was generated or sent. */
export type ReadTerms = () => Promise<StorageTerms>;

/** Refuses to delete what is stored while a legal hold is on a subject. */
export function heldError(noun: string, id: string, heldBy: Iterable<string>): GatewayError {
  const subjects = [...heldBy].map((subject) => `'${subject}'`).join(" and ");
  return new GatewayError("legal_hold", {
    message: `The ${noun} ${JSON.stringify(id.slice(0, 80))} can't be deleted: there is a legal hold on ${subjects}. It can be deleted once an owner of the organisation has released the hold.`,
    rule: "legal-hold",
  });
}
