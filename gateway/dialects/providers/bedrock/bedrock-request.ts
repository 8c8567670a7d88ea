import { isRecord } from "../../../../lib/is-record.ts";
import type { Block, Media } from "../../inner/blocks.ts";
import { type Conversation, readConversation } from "../../inner/conversation.ts";
import { textOf } from "../../inner/json.ts";
import { refuse, unsupportedField } from "../../inner/refuse.ts";
import { maxTokensOf, numberOf, refuseOnlyOpenAi, responseSchema, stopSequences } from "../../inner/sampling-fields.ts";
import { isMarked } from "../../inner/signatures.ts";
import { readTools, type ToolSet } from "../../inner/tool-definitions.ts";
import { JSON_INSTRUCTION, wantsJsonObject } from "../../json-mode/json-text.ts";

type Fields = Readonly<Record<string, unknown>>;

const DIALECT = "Bedrock's Converse";
/** Converse's range ends at 1, OpenAI's at 2. */
const MAX_TEMPERATURE = 1;
/** Where Anthropic's models name the stop sequence that they met; Converse ignores it for others. */
const STOP_SEQUENCE_PATHS = ["/stop_sequence"];
const IMAGE_FORMATS = new Set(["png", "jpeg", "gif", "webp"]);
const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

export interface ConverseOptions {
  /** The target's name for the model. */
  readonly model?: string;
  /** Whether the client's dialect is Anthropic's Messages. */
  readonly isMessages?: boolean;
}

/**
 * A chat completion's body as one of Converse and ConverseStream.
 * @param options of the target's model, and whether the fields are a translation
 * @throws {GatewayError} `invalid_request` naming the field that is not supported
 */
export function converseRequest(fields: Fields, options: ConverseOptions = {}): Fields {
  refuseOnlyOpenAi(fields, DIALECT);
  const additional = additionalFields(fields, options);
  const conversation = readConversation(fields.messages);
  const json = wantsJsonObject(fields) ? [{ text: JSON_INSTRUCTION }] : [];
  const system = [...conversation.system.map(blockOf), ...json];
  const inference = inferenceConfig(fields);
  const schema = responseSchema(fields, DIALECT);
  return {
    messages: conversation.turns.map(({ role, blocks }) => ({
      role,
      content: blocks.filter((block) => block.kind !== "thinking" || !isMarked(block.block)).map(blockOf),
    })),
    ...(system.length > 0 ? { system } : {}),
    ...(Object.keys(inference).length > 0 ? { inferenceConfig: inference } : {}),
    ...toolConfig(fields, conversation),
    ...(schema === undefined ? {} : { outputConfig: { textFormat: textFormat(schema, fields) } }),
    ...(Object.keys(additional).length > 0 ? { additionalModelRequestFields: additional } : {}),
    ...("stopSequences" in inference ? { additionalModelResponseFieldPaths: STOP_SEQUENCE_PATHS } : {}),
  };
}

/**
 * Fields of the model's own, which Converse passes on to it; those of Anthropic's models are known. For other models a
 * client of chat completions may request thinking all the same, and agents of the Messages API always send both.
 */
function additionalFields(
  { thinking, top_k: topK }: Fields,
  { model = "", isMessages = false }: ConverseOptions,
): Fields {
  const isAnthropic = /\banthropic\./.test(model);
  if (isMessages && !isAnthropic) return {};
  const wantsTopK = typeof topK === "number" && topK > 0;
  if (wantsTopK && !isAnthropic) throw unsupportedField("top_k", DIALECT, "leave it out");
  return { ...(isRecord(thinking) ? { thinking } : {}), ...(wantsTopK ? { top_k: topK } : {}) };
}

function inferenceConfig(fields: Fields): Fields {
  const maxTokens = maxTokensOf(fields);
  const temperature = numberOf(fields.temperature);
  const topP = numberOf(fields.top_p);
  const stop = stopSequences(fields);
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, MAX_TEMPERATURE) }),
    // 1 is the default, and some models refuse it beside a temperature.
    ...(topP === undefined || topP === 1 ? {} : { topP }),
    ...(stop.length > 0 ? { stopSequences: stop } : {}),
  };
}

/** Converse takes the schema as text. */
function textFormat(schema: Fields, { response_format: format }: Fields): Fields {
  const described = isRecord(format) && isRecord(format.json_schema) ? format.json_schema : {};
  const jsonSchema = { schema: JSON.stringify(schema), name: textOf(described.name) ?? "answer" };
  return { type: "json_schema", structure: { jsonSchema } };
}

function toolConfig(fields: Fields, conversation: Conversation): Fields {
  const toolSet = readTools(fields, conversation);
  const { tools, choice, isParallel } = toolSet;
  if (tools.length === 0) return {};
  if (!isParallel) throw unsupportedField("parallel_tool_calls", DIALECT, "leave it out");
  const hasCalls = conversation.turns.some(({ blocks }) => blocks.some(({ kind }) => kind === "tool-call"));
  // Converse has no word for "none": without calls in the conversation the tools can simply be left out.
  if (choice === "none" && !hasCalls) return {};
  if (choice === "none" && fields.tool_choice === "none" && Array.isArray(fields.tools) && fields.tools.length > 0)
    throw unsupportedField("tool_choice", DIALECT, 'use "auto", or leave the past tool calls out');
  const toolChoice = choiceOf(choice);
  return {
    toolConfig: {
      tools: tools.map(({ name, description, schema, strict }) => ({
        toolSpec: {
          name,
          ...(description === undefined ? {} : { description }),
          inputSchema: { json: schema },
          ...(strict ? { strict } : {}),
        },
      })),
      ...(toolChoice === undefined ? {} : { toolChoice }),
    },
  };
}

function choiceOf(choice: ToolSet["choice"]): Fields | undefined {
  if (choice === undefined || choice === "none") return undefined;
  if (choice === "auto") return { auto: {} };
  return choice === "required" ? { any: {} } : { tool: { name: choice.name } };
}

function blockOf(block: Block): Fields {
  switch (block.kind) {
    case "text":
      return { text: block.text };
    case "image":
      return { image: imageOf(bytesOf(block.media, block.param), block.param) };
    case "audio":
      throw refuse(`${block.param}.type`, `\`${block.param}.type\` "input_audio" is not taken by this model.`);
    case "document":
      return { document: documentOf(bytesOf(block.media, block.param), block) };
    case "thinking":
      return { reasoningContent: thinkingOf(block.block) };
    case "tool-call":
      return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } };
    case "tool-result":
      // Converse refuses an assistant's message without content.
      return {
        toolResult: {
          toolUseId: block.id,
          content: block.content.length > 0 ? block.content.map(blockOf) : [{ json: {} }],
        },
      };
  }
}

type Bytes = Extract<Media, { kind: "base64" }>;

function bytesOf(media: Media, param: string): Bytes {
  if (media.kind === "base64") return media;
  throw refuse(param, `\`${param}\` must be a data URL: this model fetches no URL.`);
}

function imageOf({ mediaType, data }: Bytes, param: string): Fields {
  const format = mediaType.replace(/^image\//, "").replace(/^jpg$/, "jpeg");
  if (!mediaType.startsWith("image/") || !IMAGE_FORMATS.has(format))
    throw refuse(param, `\`${param}\` is ${mediaType}; this model takes PNG, JPEG, GIF and WebP.`);
  return { format, source: { bytes: data } };
}

function documentOf({ mediaType, data }: Bytes, { name, param }: Extract<Block, { kind: "document" }>): Fields {
  const format = Object.hasOwn(DOCUMENT_FORMATS, mediaType) ? DOCUMENT_FORMATS[mediaType] : undefined;
  if (format === undefined)
    throw refuse(param, `\`${param}\` is ${mediaType}; this model takes PDF, text, HTML, CSV, Word and Excel.`);
  // Converse's names have letters, digits, single spaces, hyphens, parentheses and brackets.
  const cleaned = (name ?? "document")
    .replace(/[^A-Za-z0-9\-()[\] ]+/g, " ")
    .replace(/ +/g, " ")
    .trim();
  return { format, name: cleaned === "" ? "document" : cleaned, source: { bytes: data } };
}

function thinkingOf(block: Fields): Fields {
  if (block.type === "redacted_thinking") return { redactedContent: block.data };
  const { thinking: text, signature } = block;
  return { reasoningText: { text, ...(textOf(signature) === undefined ? {} : { signature }) } };
}
