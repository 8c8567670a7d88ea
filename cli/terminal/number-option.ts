import { UserError } from "./user-error.ts";

/** What an option's number may be, ends included. */
interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** @default false */
  readonly isWhole?: boolean;
}

/** Digits, at most four of them after a point: no sign, no exponent, no other base. */
const DECIMAL = /^\d{1,9}(\.\d{1,4})?$/;

/**
 * The number that an option of a command is given as text.
 * @throws {UserError} when it is none, or outside of the range
 */
export function numberOption(option: string, text: string, { least, most, isWhole = false }: NumberRange): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new UserError(`${option} must be a ${isWhole ? "whole " : ""}number from ${least} to ${most}, got ${text}.`);
}
