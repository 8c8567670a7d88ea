import { isRecord } from "../../../../lib/is-record.ts";
import { hasArgumentsOrNone } from "./call-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether clients can read each part of a choice of an event. A delta that is null, and content that is a list of parts, are
 * corrected later.
 */
export function isSoundChoice({ delta = null, text, finish_reason: reason }: Fields): boolean {
  if (!isTextOrNone(reason) || !isTextOrNone(text)) return false;
  return delta === null || (isRecord(delta) && isSoundDelta(delta));
}

function isSoundDelta({ content, refusal, tool_calls: calls = null, function_call: called = null }: Fields): boolean {
  if (!isTextOrNone(content) && !Array.isArray(content)) return false;
  if (!isTextOrNone(refusal)) return false;
  if (calls !== null && !(Array.isArray(calls) && calls.every((call) => isRecord(call) && hasArgumentsOrNone(call))))
    return false;
  return called === null || (isRecord(called) && hasArgumentsOrNone({ function: called }));
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}
