import type * as z from "zod";
import { REPORTED } from "../../../domain/issue-rules.ts";
import { ScimError } from "../../../domain/scim/scim-error.ts";
import { problemsOf } from "../call/checked-input.ts";

/** A value by its schema. @throws {ScimError} `invalidValue`, with the attributes, their values, the rules and the remedies */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, REPORTED);
  if (result.success) return result.data;
  throw new ScimError(400, problemsOf(result.error, value).lines.join("\n"), "invalidValue");
}
