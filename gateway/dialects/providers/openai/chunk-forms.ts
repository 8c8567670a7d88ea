import { isRecord } from "../../../../lib/is-record.ts";
import { hasArgumentsOrNone } from "./call-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The form of a stream's choices: chat completions have a `delta`, completions a `text`. */
export type ChunkForm = "chat" | "text";

/** @returns the form that the clients of a path read; `undefined` for a path without streams */
export function chunkFormOf(route: string): ChunkForm | undefined {
  if (route === "/v1/chat/completions") return "chat";
  return route === "/v1/completions" ? "text" : undefined;
}

/**
 * Whether an event may have a choice of the other form: one that may is parsed.
 * @param event with one character a byte, and keys without escapes
 */
export function mayHaveOtherForm(event: string, form: ChunkForm): boolean {
  const hasDelta = event.includes('"delta"');
  return form === "text" ? hasDelta : !hasDelta && event.includes('"text"');
}

/** Whether a choice has the output of the other form, and none of its own: its client would read nothing. */
export function hasOtherForm({ delta, text }: Fields, form: ChunkForm): boolean {
  if (form === "text") return isRecord(delta) && typeof text !== "string";
  return typeof text === "string" && delta === undefined;
}

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
