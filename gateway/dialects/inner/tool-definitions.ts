import { isRecord } from "../../../lib/is-record.ts";
import { markOf } from "./cache-marks.ts";
import type { Conversation } from "./conversation.ts";
import { itemsOf, textOf } from "./json.ts";
import { refuse } from "./refuse.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: Fields;
  readonly strict: boolean;
  readonly cacheControl: unknown;
}

/** The tools of a request, and their choice. */
export interface ToolSet {
  readonly tools: readonly ToolDefinition[];
  /** `undefined`: the model's own default. */
  readonly choice: "auto" | "none" | "required" | { readonly name: string } | undefined;
  readonly isParallel: boolean;
}

/**
 * Reads `tools`, `tool_choice` and `parallel_tool_calls`. Providers refuse a conversation with tool calls in it when no
 * tool is defined: then those that it names are defined, without parameters, and may not be called.
 * @throws {GatewayError} `invalid_request`
 */
export function readTools(fields: Fields, conversation: Conversation): ToolSet {
  const tools = itemsOf(fields.tools).map((tool, index) => readTool(tool, `tools[${index}]`));
  const isParallel = fields.parallel_tool_calls !== false;
  if (tools.length > 0) return { tools, choice: readChoice(fields.tool_choice, tools), isParallel };
  const choice = readChoice(fields.tool_choice, tools);
  if (choice === "required" || typeof choice === "object")
    throw refuse("tool_choice", "`tool_choice` needs a tool, but `tools` has none; add it.");
  const named = new Set(
    conversation.turns.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "tool-call" ? block.name : [])),
    ),
  );
  const past = Array.from(named, (name) => ({
    name,
    description: undefined,
    schema: EMPTY_SCHEMA,
    strict: false,
    cacheControl: undefined,
  }));
  return { tools: past, choice: past.length > 0 ? "none" : undefined, isParallel: true };
}

const EMPTY_SCHEMA = { type: "object", properties: {} };

function readTool(tool: unknown, param: string): ToolDefinition {
  if (isRecord(tool) && tool.type === "custom")
    throw refuse(`${param}.type`, `\`${param}.type\` "custom" is not taken by this model; use type "function".`);
  const described = isRecord(tool) && isRecord(tool.function) ? tool.function : {};
  const name = textOf(described.name);
  if (name === undefined) throw refuse(`${param}.function.name`, `\`${param}.function.name\` is required; add it.`);
  return {
    name,
    description: textOf(described.description),
    schema: isRecord(described.parameters) ? { type: "object", ...described.parameters } : EMPTY_SCHEMA,
    strict: described.strict === true,
    cacheControl: markOf(tool),
  };
}

function readChoice(choice: unknown, tools: readonly ToolDefinition[]): ToolSet["choice"] {
  if (choice === "auto" || choice === "none" || choice === "required") return choice;
  if (!isRecord(choice)) return undefined;
  const name = isRecord(choice.function) ? textOf(choice.function.name) : undefined;
  if (name === undefined) throw refuse("tool_choice", "`tool_choice` of this type is not taken; name a function.");
  if (tools.length > 0 && !tools.some((tool) => tool.name === name))
    throw refuse("tool_choice.function.name", "`tool_choice.function.name` is none of `tools`; correct it.");
  return { name };
}
