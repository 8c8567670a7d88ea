import { isRecord } from "../../../../lib/is-record.ts";
import { isCustomTool } from "../../inner/anthropic-only.ts";
import { storedMark } from "../../inner/cache-marks.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { withOrigin } from "../../inner/origins.ts";
import { kindOf, refuse } from "../../inner/refuse.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The body of `POST /v1/messages` as one of a chat completion. Fields that only Anthropic's own service has are left to
 * its targets, which get the client's body; other targets refuse the fields that they can't leave out
 * (`inner/anthropic-only.ts`).
 * @throws {GatewayError} `invalid_request` naming the field that is not supported
 */
export function chatOfMessages(fields: Fields): Fields {
  if (typeof fields.max_tokens !== "number")
    throw refuse("max_tokens", "`max_tokens` is required; set it to the longest response that you want.");
  if (!Array.isArray(fields.messages)) throw refuse("messages", "`messages` must be an array of messages.");
  const stop = itemsOf(fields.stop_sequences);
  const user = isRecord(fields.metadata) ? textOf(fields.metadata.user_id) : undefined;
  const isStream = fields.stream === true;
  return {
    model: fields.model,
    messages: [
      ...systemMessages(fields.system, "system"),
      ...fields.messages.flatMap((message, index) => chatMessages(message, `messages[${index}]`)),
    ],
    max_completion_tokens: fields.max_tokens,
    ...(stop.length > 0 ? { stop } : {}),
    ...pick(fields, ["temperature", "top_p"]),
    ...(typeof fields.top_k === "number" && fields.top_k > 0 ? { top_k: fields.top_k } : {}),
    ...(user === undefined ? {} : { user }),
    ...chatTools(fields),
    ...chatOutput(fields.output_config),
    ...(isRecord(fields.thinking) && fields.thinking.type !== "disabled" ? { thinking: fields.thinking } : {}),
    ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.flatMap((name) => (fields[name] === undefined || fields[name] === null ? [] : [[name, fields[name]]])),
  );
}

function systemMessages(system: unknown, param: string): readonly Fields[] {
  const content = chatContent(system, param);
  return content === undefined ? [] : [{ role: "system", content, ...markOfText(system, content) }];
}

/** A text, or the parts where there are several or no texts; `undefined` for none. */
function chatContent(content: unknown, param: string): string | readonly Fields[] | undefined {
  if (typeof content === "string") return content === "" ? undefined : content;
  const parts = itemsOf(content).map((block, index) => chatPart(block, `${param}[${index}]`));
  const [first] = parts;
  if (parts.length === 1 && first?.type === "text") return textOf(first.text) ?? "";
  return parts.length === 0 ? undefined : parts;
}

/** The mark of blocks that have become one text is the message's. */
function markOfText(blocks: unknown, content: unknown): Fields {
  return typeof content === "string" ? storedMark(itemsOf(blocks).at(-1)) : {};
}

function chatPart(block: unknown, param: string): Fields {
  if (!isRecord(block)) throw refuse(param, `\`${param}\` must be an object; send a content block.`);
  return withOrigin({ ...chatPartOf(block, param), ...storedMark(block) }, `${param}.source`);
}

function chatPartOf(block: Fields, param: string): Fields {
  const source = isRecord(block.source) ? block.source : {};
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
      return { type: "image_url", image_url: { url: sourceUrl(source, `${param}.source`) } };
    case "document": {
      if (source.type === "text") return { type: "text", text: source.data };
      const name = textOf(block.title);
      const file = {
        file_data: sourceUrl(source, `${param}.source`),
        ...(name === undefined ? {} : { filename: name }),
      };
      return { type: "file", file };
    }
    case "search_result":
      return { type: "text", text: searchText(block) };
    default:
      throw refuse(
        `${param}.type`,
        `\`${param}.type\` must be text, image, document or search_result, got ${kindOf(block.type)}; send its content as text.`,
      );
  }
}

function searchText(block: Fields): string {
  const texts = itemsOf(block.content).map((part) => (isRecord(part) ? (textOf(part.text) ?? "") : ""));
  return [textOf(block.title), textOf(block.source), ...texts].filter((text) => text !== undefined).join("\n");
}

function sourceUrl(source: Fields, param: string): string {
  const { type, media_type: mediaType, data, url } = source;
  if (type === "base64" && typeof mediaType === "string" && typeof data === "string")
    return `data:${mediaType};base64,${data}`;
  if (type === "url" && typeof url === "string") return url;
  throw refuse(
    `${param}.type`,
    `\`${param}.type\` must be base64 or url, with its fields, got ${kindOf(type)}; send the content so.`,
  );
}

function chatMessages(message: unknown, param: string): readonly Fields[] {
  const role = isRecord(message) ? message.role : undefined;
  if (!isRecord(message) || (role !== "user" && role !== "assistant" && role !== "system"))
    throw refuse(`${param}.role`, `\`${param}.role\` must be user or assistant; correct it.`);
  const blocks = typeof message.content === "string" ? [] : itemsOf(message.content).filter(isRecord);
  if (role === "system") return systemMessages(message.content, `${param}.content`);
  if (role === "assistant") return [assistantMessage(message.content, blocks, `${param}.content`)];
  const results = blocks.filter(({ type }) => type === "tool_result").map((block) => toolMessage(block, param));
  const rest = results.length === 0 ? message.content : blocks.filter(({ type }) => type !== "tool_result");
  const content = chatContent(rest, `${param}.content`);
  if (content !== undefined) return [...results, { role: "user", content, ...markOfText(rest, content) }];
  return results.length > 0 ? results : [{ role: "user", content: "" }];
}

/** A tool's result. OpenAI has no field for one that failed, so its text begins with that. */
function toolMessage(block: Fields, param: string): Fields {
  const content = chatContent(block.content, `${param}.content`) ?? "";
  const failed = block.is_error === true;
  const resultContent =
    typeof content === "string" ? prefixed(content, failed) : failed ? [FAILED, ...content] : content;
  const mark = { ...markOfText(block.content, content), ...storedMark(block) };
  return { role: "tool", tool_call_id: block.tool_use_id, content: resultContent, ...mark };
}

const FAILED = { type: "text", text: "Error:" };

function prefixed(text: string, failed: boolean): string {
  return failed && !/^\W*error/i.test(text) ? `Error: ${text}` : text;
}

function assistantMessage(content: unknown, blocks: readonly Fields[], param: string): Fields {
  const calls = blocks.filter(({ type }) => type === "tool_use");
  const thinking = blocks.filter(({ type }) => type === "thinking" || type === "redacted_thinking");
  const reasoning = thinking.map((block) => textOf(block.thinking) ?? "").join("");
  // Only signed thinking can be returned to its provider.
  const signed = signedThinking(blocks);
  const taken = new Set(["tool_use", "thinking", "redacted_thinking"]);
  const rest = typeof content === "string" ? content : blocks.filter(({ type }) => !taken.has(String(type)));
  const messageContent = chatContent(rest, param);
  return {
    role: "assistant",
    content: messageContent ?? (calls.length > 0 ? null : ""),
    ...markOfText(rest, messageContent),
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(signed.length > 0 ? { thinking_blocks: signed } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: "function",
            function: { name: call.name, arguments: JSON.stringify(call.input ?? {}) },
            ...storedMark(call),
          })),
        }
      : {}),
  };
}

function signedThinking(blocks: readonly Fields[]): readonly Fields[] {
  let textLength = 0;
  return blocks.flatMap((block) => {
    if (block.type === "text") textLength += textOf(block.text)?.length ?? 0;
    const isSigned = block.type === "thinking" && textOf(block.signature) !== undefined;
    return isSigned || block.type === "redacted_thinking" ? [withTextBefore(block, textLength)] : [];
  });
}

function chatTools(fields: Fields): Fields {
  const tools = itemsOf(fields.tools).filter(isRecord).filter(isCustomTool);
  if (tools.length === 0) return {};
  const choice = isRecord(fields.tool_choice) ? fields.tool_choice : {};
  return {
    tools: tools.map(chatTool),
    ...chatChoice(choice),
    ...(choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {}),
  };
}

function chatTool(tool: Fields): Fields {
  const { name, description, input_schema: parameters, strict } = tool;
  const described = typeof description === "string" ? { description } : {};
  return {
    type: "function",
    function: { name, ...described, parameters, ...(strict === true ? { strict } : {}) },
    ...storedMark(tool),
  };
}

function chatChoice({ type, name }: Fields): Fields {
  switch (type) {
    case undefined:
      return {};
    case "auto":
    case "none":
      return { tool_choice: type };
    case "any":
      return { tool_choice: "required" };
    case "tool":
      return { tool_choice: { type: "function", function: { name } } };
    default:
      throw refuse(
        "tool_choice.type",
        `\`tool_choice.type\` must be one of auto, any, tool, none, got ${kindOf(type)}; correct it.`,
      );
  }
}

function chatOutput(config: unknown): Fields {
  if (!isRecord(config)) return {};
  const effort = textOf(config.effort);
  const format = isRecord(config.format) ? config.format : undefined;
  return {
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(format === undefined
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { name: "answer", schema: format.schema, strict: true },
          },
        }),
  };
}
