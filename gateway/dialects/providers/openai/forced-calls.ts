import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf } from "../../inner/json.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields with `strict: true` on each tool without `strict`, where the request forces a call. vLLM 0.31 and later keep a
 * forced call's arguments to the tool's schema only then (`vllm/tool_parsers/structural_tag_registry.py`); without it they
 * can be any JSON value, such as a string, which clients don't expect of a forced call. Tools with `strict: false` and
 * calls by the model's own choice stay as they are.
 * @returns the same object when no tool changes
 */
export function withPinnedArguments(fields: Fields): Fields {
  if (!forcesCall(fields.tool_choice)) return fields;
  const tools = itemsOf(fields.tools);
  const pinned = tools.map(pinnedTool);
  return pinned.some((tool, index) => tool !== tools[index]) ? { ...fields, tools: pinned } : fields;
}

function forcesCall(choice: unknown): boolean {
  return choice === "required" || (isRecord(choice) && choice.type === "function");
}

function pinnedTool(tool: unknown): unknown {
  if (!isRecord(tool) || !isRecord(tool.function) || (tool.function.strict ?? null) !== null) return tool;
  return { ...tool, function: { ...tool.function, strict: true } };
}
