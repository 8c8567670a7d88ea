import { ControlError } from "../call/control-error.ts";

/** The error of a parameter. @param rule what it must be, with its value */
export function invalid(param: string, rule: string): ControlError {
  return new ControlError("invalid_request", `\`${param}\` ${rule}; correct it.`, { param });
}
