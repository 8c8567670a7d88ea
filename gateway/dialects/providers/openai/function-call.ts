import { isRecord } from "../../../../lib/is-record.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { itemsOf } from "../../inner/json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whether the client knows `function_call` alone: it sent `functions`, the form of tools that came before `tools`. */
export function keepsFunctionCalls({ fields }: Pick<GenerationRequest, "fields">): boolean {
  return fields.functions !== undefined && fields.tools === undefined;
}

/** A message, or a delta of one, with its `function_call` as a tool call; the very object where it has none. */
export function withoutFunctionCall(message: Fields): Fields {
  const { function_call: called, ...rest } = message;
  if (!isRecord(called)) return message;
  return itemsOf(rest.tool_calls).length > 0 ? rest : { ...rest, tool_calls: [{ function: called }] };
}
