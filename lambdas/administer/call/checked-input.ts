import * as z from "zod";
import { ERRORS } from "../../../contracts/api/errors.ts";
import { shortened } from "../../../lib/shortened.ts";
import { ControlError } from "./control-error.ts";

/** Problems that an error names. */
const SHOWN_PROBLEMS = 10;
/** Of one problem: it repeats names that the caller chose, of up to a megabyte. */
const SHOWN_CHARACTERS = 300;

/** @returns `undefined` where there is no body. @throws {ControlError} `invalid_json` */
export function jsonOf(body: string | undefined): unknown {
  if (body === undefined || body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError("invalid_json", ERRORS.invalid_json.message);
  }
}

/** The value as the schema has it. @throws {ControlError} `invalid_request` with the first problems */
export function checked(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, SHOWN_PROBLEMS);
  const shown = issues.map((issue) => ({ ...issue, message: shortened(issue.message, SHOWN_CHARACTERS) }));
  const text = z.prettifyError(new z.ZodError(shown));
  throw new ControlError("invalid_request", text, { param: issues[0]?.path.join(".") });
}
