import type * as z from "zod";
import { ScimError } from "../../../domain/scim/scim-error.ts";

/** A value by its schema. @throws {ScimError} `invalidValue`, with the attribute and the rule */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const attribute = issue?.path.join(".") || "The resource";
  throw new ScimError(400, `${attribute}: ${issue?.message ?? "is not valid"}`.slice(0, 500), "invalidValue");
}
