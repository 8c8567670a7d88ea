import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { kindOf, refuse, shownName, shownValue } from "../../inner/refuse.ts";
import { chatOfItems } from "./responses-items.ts";
import { type ChatTool, flatName, readTools, type ToolOrigin } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields for features that are not served here, each with its remedy. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  background: "leave it out and wait for the response, or use a batch",
  conversation: "use `previous_response_id`",
  prompt: "send the prompt's text as `instructions` and `input`",
  moderation: "leave it out",
};

const LOGPROBS = "message.output_text.logprobs";

/**
 * The body of `POST /v1/responses` as one of a chat completion.
 * @param items the input, after `before` earlier items of the conversation
 * @throws {GatewayError} `invalid_request` naming the field that is not supported
 */
export function chatOfResponses(fields: Fields, items: readonly Fields[], before = 0): Fields {
  for (const [field, remedy] of Object.entries(NOT_SERVED)) {
    const value = fields[field];
    if (value !== undefined && value !== null && value !== false)
      throw refuse(field, `\`${field}\` is not served here; ${remedy}.`);
  }
  if (fields.truncation !== undefined && fields.truncation !== null && fields.truncation !== "disabled")
    throw refuse(
      "truncation",
      `\`truncation\` must be disabled, as a prompt is never shortened here, got ${shownValue(fields.truncation)}; shorten the input.`,
    );
  const instructions = textOf(fields.instructions);
  const effort = isRecord(fields.reasoning) ? textOf(fields.reasoning.effort) : undefined;
  const topLogprobs = fields.top_logprobs ?? 0;
  if (topLogprobs !== 0)
    throw refuse(
      "top_logprobs",
      `\`top_logprobs\` is not served on this route, got ${shownValue(topLogprobs)}; use /v1/chat/completions.`,
    );
  if (itemsOf(fields.include).includes(LOGPROBS))
    throw refuse("include", `\`include\` may not have ${LOGPROBS} on this route; use /v1/chat/completions.`);
  return {
    model: fields.model,
    messages: [
      ...(instructions === undefined ? [] : [{ role: "system", content: instructions }]),
      ...chatOfItems(items, before),
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
  const { functions, origins } = readTools(fields.tools);
  const { tool_choice: choice, parallel_tool_calls: parallel } = fields;
  if (functions.length === 0) {
    if (choice === "required" || requiresTool(choice))
      throw refuse(
        "tool_choice",
        `\`tool_choice\` must stand beside a tool that can be served here, got ${isRecord(choice) ? kindOf(choice.type) : '"required"'}; add one to \`tools\`, or use auto.`,
      );
    return {};
  }
  return {
    ...(isRecord(choice) && choice.type === "allowed_tools"
      ? allowedTools(choice, functions, origins)
      : { tools: functions, ...chatChoice(choice, functions) }),
    ...optional("parallel_tool_calls", parallel),
  };
}

/** Whether a choice is a tool, or one of some, that the model must call. */
function requiresTool(choice: unknown): boolean {
  return isRecord(choice) && (choice.type !== "allowed_tools" || choice.mode === "required");
}

function chatChoice(choice: unknown, tools: readonly ChatTool[]): Fields {
  if (!isRecord(choice)) return optional("tool_choice", choice);
  if (choice.type !== "function" && choice.type !== "custom")
    throw refuse(
      "tool_choice.type",
      `\`tool_choice.type\` must be function, custom or allowed_tools, got ${kindOf(choice.type)}; correct it.`,
    );
  const name = nameOf(choice);
  if (!tools.some((tool) => tool.function.name === name))
    throw refuse(
      "tool_choice.name",
      `\`tool_choice.name\` must be the name of one of \`tools\`, got ${shownName(textOf(choice.name) ?? "")}; correct it, or add the tool.`,
    );
  return { tool_choice: { type: "function", function: { name } } };
}

function nameOf({ namespace, name }: Fields): unknown {
  return typeof name === "string" ? flatName(textOf(namespace), name) : name;
}

/** The model gets the allowed tools alone; a namespace among them stands for all that it has. */
function allowedTools(choice: Fields, tools: readonly ChatTool[], origins: ReadonlyMap<string, ToolOrigin>): Fields {
  const listed = itemsOf(choice.tools).filter(isRecord);
  const names = new Set(listed.map(nameOf));
  const namespaces = new Set(listed.flatMap(({ type, name }) => (type === "namespace" ? [name] : [])));
  const allowed = tools.filter((tool) => {
    const name = String(tool.function.name);
    return names.has(name) || namespaces.has(origins.get(name)?.namespace);
  });
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
