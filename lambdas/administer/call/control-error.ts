import type { ErrorCode } from "../../../contracts/api/errors.ts";

interface ErrorDetails {
  readonly param?: string | undefined;
  readonly decisionId?: string | undefined;
  readonly allow?: string;
}

/** An error that the caller gets as it is. */
export class ControlError extends Error {
  readonly code: ErrorCode;
  /** The field that is wrong. */
  readonly param: string | undefined;
  /** Of a refusal: the id that its line in the log has. */
  readonly decisionId: string | undefined;
  /** Of a method that a path does not take: those that it takes. */
  readonly allow: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.param = details.param;
    this.decisionId = details.decisionId;
    this.allow = details.allow;
  }
}

/** Another change came between reading and writing. */
export class LostRaceError extends Error {}

/** The same for what does not exist, what belongs to another organisation, and what the caller may not see. */
export function notFound(what: string, id: string): ControlError {
  return new ControlError("not_found", `No ${what} with the id '${id}' exists in this organisation.`);
}
