import { isRecord } from "../../../../lib/is-record.ts";
import type { Block, Media } from "../../inner/blocks.ts";
import { readConversation } from "../../inner/conversation.ts";
import { textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { maxTokensOf, numberOf, refuseOnlyOpenAi, responseSchema, stopSequences } from "../../inner/sampling-fields.ts";
import { isMarked } from "../../inner/signatures.ts";
import { readTools, type ToolSet } from "../../inner/tool-definitions.ts";
import { JSON_INSTRUCTION, wantsJsonObject } from "../../json-mode/json-text.ts";

type Fields = Readonly<Record<string, unknown>>;

const DIALECT = "Anthropic's Messages";
/** Anthropic's range ends at 1, OpenAI's at 2. */
const MAX_TEMPERATURE = 1;
/** OpenAI's words for effort, in Anthropic's. */
const EFFORT: Readonly<Record<string, string>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};

export interface AnthropicRequestOptions {
  readonly model: string;
  readonly stream: boolean;
  /** Anthropic requires `max_tokens`; OpenAI does not. */
  readonly defaultMaxTokens: number;
  /** Whether the model takes `temperature`, `top_p` and `top_k`; its newest do not. */
  readonly takesSampling: boolean;
}

/**
 * A chat completion's body as one of `POST /v1/messages`.
 * @throws {GatewayError} `invalid_request` naming the field that is not supported
 */
export function anthropicRequest(fields: Fields, options: AnthropicRequestOptions): Fields {
  refuseOnlyOpenAi(fields, DIALECT);
  const conversation = readConversation(fields.messages);
  const json = wantsJsonObject(fields) ? [{ type: "text", text: JSON_INSTRUCTION }] : [];
  const system = [...conversation.system.map(blockOf), ...json];
  const toolSet = readTools(fields, conversation);
  const stop = stopSequences(fields);
  const user = textOf(fields.user) ?? textOf(fields.safety_identifier);
  const schema = responseSchema(fields, DIALECT);
  const effort = readEffort(fields.reasoning_effort);
  const outputConfig = {
    ...(effort === undefined ? {} : { effort }),
    ...(schema === undefined ? {} : { format: { type: "json_schema", schema } }),
  };
  return {
    model: options.model,
    max_tokens: maxTokensOf(fields) ?? options.defaultMaxTokens,
    ...(system.length > 0 ? { system } : {}),
    messages: conversation.turns.map(({ role, blocks }) => ({ role, content: own(blocks).map(blockOf) })),
    ...toolsOf(toolSet),
    ...(stop.length > 0 ? { stop_sequences: stop } : {}),
    ...(options.takesSampling ? samplingOf(fields) : {}),
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
    ...(isRecord(fields.thinking) ? { thinking: fields.thinking } : {}),
    ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
    ...(options.stream ? { stream: true } : {}),
  };
}

function samplingOf(fields: Fields): Fields {
  const temperature = numberOf(fields.temperature);
  const topP = numberOf(fields.top_p);
  const topK = numberOf(fields.top_k);
  return {
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, MAX_TEMPERATURE) }),
    // 1 is the default, and some models refuse it beside a temperature.
    ...(topP === undefined || topP === 1 ? {} : { top_p: topP }),
    ...(topK === undefined || topK <= 0 ? {} : { top_k: topK }),
  };
}

function readEffort(value: unknown): string | undefined {
  const effort = textOf(value);
  if (effort === undefined || effort === "none") return undefined;
  const budget = Object.hasOwn(EFFORT, effort) ? EFFORT[effort] : undefined;
  if (budget === undefined)
    throw refuse("reasoning_effort", `\`reasoning_effort\` must be one of none, ${Object.keys(EFFORT).join(", ")}.`);
  return budget;
}

function toolsOf({ tools, choice, isParallel }: ToolSet): Fields {
  if (tools.length === 0) return {};
  const type = choiceOf(choice, isParallel);
  return {
    tools: tools.map(({ name, description, schema, strict, cacheControl }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: schema,
      ...(strict ? { strict } : {}),
      ...cached(cacheControl),
    })),
    ...(type === undefined ? {} : { tool_choice: type }),
  };
}

function choiceOf(choice: ToolSet["choice"], isParallel: boolean): Fields | undefined {
  if (choice === "none") return { type: "none" };
  if (choice === undefined && isParallel) return undefined;
  const single = isParallel ? {} : { disable_parallel_tool_use: true };
  if (typeof choice === "object") return { type: "tool", name: choice.name, ...single };
  return { type: choice === "required" ? "any" : "auto", ...single };
}

function blockOf(block: Block): Fields {
  switch (block.kind) {
    case "text":
      return { type: "text", text: block.text, ...cached(block.cacheControl) };
    case "image":
      return { type: "image", source: sourceOf(block.media), ...cached(block.cacheControl) };
    case "audio":
      throw refuse(`${block.param}.type`, `\`${block.param}.type\` "input_audio" is not taken by this model.`);
    case "document":
      return { ...documentOf(block), ...cached(block.cacheControl) };
    case "thinking":
      return block.block;
    case "tool-call":
      return { type: "tool_use", id: block.id, name: block.name, input: block.input, ...cached(block.cacheControl) };
    case "tool-result": {
      const content = block.content.map(blockOf);
      return { type: "tool_result", tool_use_id: block.id, content, ...cached(block.cacheControl) };
    }
  }
}

function documentOf({ media, name, param }: Extract<Block, { kind: "document" }>): Fields {
  const title = name === undefined ? {} : { title: name };
  if (media.kind === "url" || media.mediaType === "application/pdf")
    return { type: "document", source: sourceOf(media), ...title };
  if (!media.mediaType.startsWith("text/"))
    throw refuse(param, `\`${param}\` is ${media.mediaType}; this model takes PDF and text.`);
  const text = Buffer.from(media.data, "base64").toString("utf8");
  return { type: "document", source: { type: "text", media_type: "text/plain", data: text }, ...title };
}

function sourceOf(media: Media): Fields {
  if (media.kind === "url") return { type: "url", url: media.url };
  return { type: "base64", media_type: media.mediaType, data: media.data };
}

function cached(cacheControl: unknown): Fields {
  return isRecord(cacheControl) ? { cache_control: cacheControl } : {};
}

/** Thinking that another provider signed would be refused. */
function own(blocks: readonly Block[]): readonly Block[] {
  return blocks.filter((block) => block.kind !== "thinking" || !isMarked(block.block));
}
