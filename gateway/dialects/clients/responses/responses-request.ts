import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { chatOfItems } from "./responses-items.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields that ask for what is not served here, and what to do instead. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  background: "leave it out and wait for the answer, or use a batch",
  conversation: "use `previous_response_id`",
  prompt: "send the prompt's text as `instructions` and `input`",
  context_management: "leave it out",
  moderation: "leave it out",
};

/**
 * The body of `POST /v1/responses` as one of a chat completion.
 * @param items the input, with what was said before it
 * @throws {GatewayError} `invalid_request` naming the field that can't be said
 */
export function chatOfResponses(fields: Fields, items: readonly Fields[]): Fields {
  for (const [field, remedy] of Object.entries(NOT_SERVED)) {
    const value = fields[field];
    if (value !== undefined && value !== null && value !== false)
      throw refuse(field, `\`${field}\` is not served here; ${remedy}.`);
  }
  if (fields.truncation !== undefined && fields.truncation !== null && fields.truncation !== "disabled")
    throw refuse(
      "truncation",
      "`truncation` must be disabled: nothing is left out of a prompt here; shorten the input.",
    );
  const instructions = textOf(fields.instructions);
  const effort = isRecord(fields.reasoning) ? textOf(fields.reasoning.effort) : undefined;
  const topLogprobs =
    typeof fields.top_logprobs === "number" && fields.top_logprobs > 0 ? fields.top_logprobs : undefined;
  if (topLogprobs !== undefined || itemsOf(fields.include).includes("message.output_text.logprobs"))
    throw refuse("top_logprobs", "`top_logprobs` is not served on this route; use /v1/chat/completions.");
  return {
    model: fields.model,
    messages: [
      ...(instructions === undefined ? [] : [{ role: "system", content: instructions }]),
      ...chatOfItems(items, "input"),
    ],
    ...optional("max_completion_tokens", fields.max_output_tokens),
    ...optional("temperature", fields.temperature),
    ...optional("top_p", fields.top_p),
    ...optional("user", fields.user ?? fields.safety_identifier),
    ...optional("prompt_cache_key", fields.prompt_cache_key),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...chatTools(fields),
    ...chatText(fields.text),
    ...(fields.stream === true ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(fields.stream !== true && fields.stream !== false ? optional("stream", fields.stream) : {}),
  };
}

function optional(name: string, value: unknown): Fields {
  return value === undefined || value === null ? {} : { [name]: value };
}

function chatTools(fields: Fields): Fields {
  const tools = itemsOf(fields.tools);
  if (tools.length === 0) return {};
  const described = tools.map((tool, index) => chatTool(tool, `tools[${index}]`));
  const { tool_choice: choice, parallel_tool_calls: parallel } = fields;
  return {
    ...(isRecord(choice) && choice.type === "allowed_tools"
      ? allowedTools(choice, described)
      : { tools: described, ...chatChoice(choice) }),
    ...optional("parallel_tool_calls", parallel),
  };
}

interface ChatTool {
  readonly type: "function";
  readonly function: Fields;
}

function chatTool(tool: unknown, param: string): ChatTool {
  if (!isRecord(tool) || tool.type !== "function")
    throw refuse(
      `${param}.type`,
      `\`${param}.type\` must be function: tools that run at the provider are not served here.`,
    );
  const { name, description, parameters, strict } = tool;
  return {
    type: "function",
    function: {
      name,
      ...optional("description", description),
      ...optional("parameters", parameters),
      ...optional("strict", strict),
    },
  };
}

function chatChoice(choice: unknown): Fields {
  if (!isRecord(choice)) return optional("tool_choice", choice);
  if (choice.type !== "function")
    throw refuse("tool_choice.type", "`tool_choice.type` must be function or allowed_tools; correct it.");
  return { tool_choice: { type: "function", function: { name: choice.name } } };
}

/** The model gets the allowed tools alone. */
function allowedTools(choice: Fields, tools: readonly ChatTool[]): Fields {
  const names = new Set(itemsOf(choice.tools).map((tool) => (isRecord(tool) ? tool.name : undefined)));
  const allowed = tools.filter((tool) => names.has(tool.function.name));
  if (allowed.length === 0)
    throw refuse("tool_choice.tools", "`tool_choice.tools` has none of `tools`; name one of them.");
  return { tools: allowed, tool_choice: choice.mode === "required" ? "required" : "auto" };
}

function chatText(text: unknown): Fields {
  if (!isRecord(text)) return {};
  const format = isRecord(text.format) ? text.format : undefined;
  return {
    ...optional("verbosity", text.verbosity),
    ...(format === undefined ? {} : { response_format: chatFormat(format) }),
  };
}

function chatFormat({ type, name, schema, strict, description }: Fields): Fields {
  if (type !== "json_schema") return { type };
  return {
    type,
    json_schema: { name, schema, ...optional("strict", strict), ...optional("description", description) },
  };
}
