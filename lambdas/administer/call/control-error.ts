import type { ErrorCode } from "../../../contracts/api/errors.ts";

/** An error that the caller gets as it is. */
export class ControlError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, param?: string) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** Another change came between reading and writing. */
export class LostRaceError extends Error {}

/** The same for what does not exist, what belongs to another organisation, and what the caller may not see. */
export function notFound(what: string, id: string): ControlError {
  return new ControlError("not_found", `No ${what} with the id '${id}' exists in this organisation.`);
}
