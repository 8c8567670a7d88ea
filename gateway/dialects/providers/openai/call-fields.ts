import { isRecord } from "../../../../lib/is-record.ts";
import { textOf } from "../../inner/json.ts";
import type { CallIds } from "../../inner/tool-calls.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a call names: a function, or a custom tool, whose input is any text. */
export function calledOf(call: Fields): Fields {
  if (isRecord(call.function)) return call.function;
  return isRecord(call.custom) ? call.custom : {};
}

/** Whether a call has the name of what it calls. */
export function isNamed(call: Fields): boolean {
  return textOf(calledOf(call).name) !== undefined;
}

/** Whether a call's arguments are a text or an object; with none, the function is called without any. */
export function hasArgumentsOrNone(call: Fields): boolean {
  const { arguments: json = null } = calledOf(call);
  return json === null || typeof json === "string" || isRecord(json);
}

/** Arguments as text: some servers send the object itself. */
export function argumentsOf(call: Fields): string {
  const { arguments: json, input } = calledOf(call);
  return isRecord(json) ? JSON.stringify(json) : (textOf(json) ?? textOf(input) ?? "");
}

/** A call of a function with these arguments. */
export function withArguments(call: Fields, json: string): Fields {
  return { ...call, function: { ...calledOf(call), arguments: json } };
}

/**
 * @param ids of the message's calls so far
 * @returns the call with an id of its own, the type that clients require, and arguments as text
 */
export function completeCall(call: Fields, number: number, ids: CallIds): Fields {
  const id = ids.idOf(call.id, number);
  const typed = textOf(call.type) === undefined && isRecord(call.function) ? { type: "function" } : {};
  const identified = id === call.id && typed.type === undefined ? call : { ...call, id, ...typed };
  return withArgumentsAsText(identified);
}

/** The very call where its arguments are text, as they should be. */
export function withArgumentsAsText(call: Fields): Fields {
  return isRecord(calledOf(call).arguments) ? withArguments(call, argumentsOf(call)) : call;
}

/** The finish reason of a choice that has calls: agents continue at `tool_calls` alone. */
export function finishWithCalls(reason: unknown): unknown {
  return reason === "stop" || reason === "function_call" ? "tool_calls" : reason;
}
