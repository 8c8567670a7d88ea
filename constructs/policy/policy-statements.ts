import { isRecord } from "../../lib/is-record.ts";
import { type Attributes, blocks } from "./attributes.ts";

/** Statements of a policy written as JSON text; `undefined` when it is not such a text. */
export function policyStatements(policy: unknown): readonly Attributes[] | undefined {
  if (typeof policy !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(policy);
    return isRecord(parsed) ? blocks(parsed.Statement) : undefined;
  } catch {
    return undefined;
  }
}
