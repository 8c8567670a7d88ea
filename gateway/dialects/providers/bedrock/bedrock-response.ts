import type { ErrorCode } from "../../../../contracts/api/errors.ts";
import type { FinishReason, Usage } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { UpstreamProblem, WholeResponse } from "../../../core/dialect.ts";
import { GatewayError, UnusableOutput } from "../../../core/gateway-error.ts";
import { jsonText } from "../../../outside-values/paced-json.ts";
import { annotationsField, type CitedPage, urlCitations } from "../../citations/url-citations.ts";
import { itemsOf, parseJson, textOf, wholeOf } from "../../inner/json.ts";
import { blocksOf, calledName, finishReasonOf, usageOf, writtenText } from "../../inner/provider-response.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { withoutFence } from "../../json-mode/json-text.ts";
import { isUsageLimit, refusalProblem, streamRefusal, withoutOurNames } from "../../refusals/refusals.ts";

type Fields = Readonly<Record<string, unknown>>;

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
};

/** The model generated no usable output: another target may do better. */
const UNUSABLE = new Set<unknown>(["malformed_model_output", "malformed_tool_use"]);

/**
 * @param hasCalls some models call tools and name another reason
 * @throws {UnusableOutput} for a reason that stands for no usable response
 * @throws {GatewayError} `upstream_error` where there is none: Converse's reference has it in every complete response
 */
export function converseFinish(stopReason: unknown, hasCalls: boolean): FinishReason {
  if (UNUSABLE.has(stopReason)) throw new UnusableOutput();
  if (textOf(stopReason) === undefined) throw new GatewayError("upstream_error");
  const finish = finishReasonOf(FINISH, stopReason);
  return hasCalls && finish === "stop" ? "tool_calls" : finish;
}

/** Converse counts what came from its cache, and went there, apart from `inputTokens`; OpenAI counts all together. */
export function converseUsage(usage: unknown): Usage | undefined {
  const counts = isRecord(usage) ? usage : {};
  return usageOf({
    input: counts.inputTokens,
    cacheRead: counts.cacheReadInputTokens,
    cacheWritten: counts.cacheWriteInputTokens,
    output: counts.outputTokens,
  });
}

export interface ConverseHead {
  readonly id: string;
  /** The model's name in the client's request. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Those of the request. */
  readonly stopSequences: readonly string[];
  /** Whether the model was instructed to write JSON. @default false */
  readonly isJson?: boolean;
}

/**
 * vLLM's field for the stop sequence that ended a response, of a whole one or of the event that stops one: models of
 * Anthropic's name it, and of others it is known where there was one alone.
 */
export function converseStopSequence(
  { stopReason, additionalModelResponseFields: fields }: Fields,
  stopSequences: readonly string[],
): Fields {
  if (stopReason !== "stop_sequence") return {};
  const [only, ...others] = stopSequences;
  const sequence =
    (isRecord(fields) ? textOf(fields.stop_sequence) : undefined) ?? (others.length === 0 ? only : undefined);
  return sequence === undefined ? {} : { stop_reason: sequence };
}

/**
 * A whole response of Converse as a chat completion.
 * @throws {GatewayError} `upstream_error` when the bytes are none
 */
export function chatOfConverse(bytes: Buffer, head: ConverseHead): WholeResponse {
  const { id, model, created, stopSequences, isJson = false } = head;
  const response = parseJson(bytes.toString("utf8"));
  const output = isRecord(response) && isRecord(response.output) ? response.output.message : undefined;
  if (!isRecord(response) || !isRecord(output) || !Array.isArray(output.content))
    throw new GatewayError("upstream_error");
  const blocks = blocksOf(output.content);
  let text = "";
  const thinking: Fields[] = [];
  const cited: CitedPage[] = [];
  for (const block of blocks) {
    const start = text.length;
    text += block.text === undefined ? citedText(block.citationsContent) : writtenText(block.text);
    if (isRecord(block.citationsContent))
      cited.push(...citedPages(block.citationsContent.citations, start, text.length));
    if (isRecord(block.reasoningContent))
      thinking.push(...thinkingOf(block.reasoningContent).map((one) => withTextBefore(one, text.length)));
  }
  if (isJson) text = withoutFence(text);
  const reasoning = thinking.map((block) => textOf(block.thinking) ?? "").join("");
  const ids = CallIds.of(id);
  const calls = blocks
    .flatMap(({ toolUse }) => (toolUse === undefined ? [] : blocksOf([toolUse])))
    .map((toolUse, index) => toolCall(toolUse, ids.idOf(toolUse.toolUseId, index)));
  const message = {
    role: "assistant",
    content: text === "" ? null : text,
    refusal: null,
    // The text that a model was instructed to write as JSON may have lost its first characters.
    ...annotationsField(isJson ? [] : urlCitations(cited)),
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(thinking.length > 0 ? { thinking_blocks: thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const choice = {
    index: 0,
    message,
    logprobs: null,
    finish_reason: converseFinish(response.stopReason, calls.length > 0),
    ...converseStopSequence(response, stopSequences),
  };
  const fields = { id, object: "chat.completion", created, model };
  return wholeOf({ ...fields, choices: [choice], usage: converseUsage(response.usage) });
}

/** Pages of the web that support a block of text. */
export function citedPages(citations: unknown, start: number, end: number): readonly CitedPage[] {
  return itemsOf(citations)
    .filter(isRecord)
    .map(({ location, title }) => {
      const web = isRecord(location) && isRecord(location.web) ? location.web : {};
      return { url: web.url, title, start, end };
    });
}

/** Text that the model supports with citations. */
function citedText(citations: unknown): string {
  const parts = isRecord(citations) ? itemsOf(citations.content).filter(isRecord) : [];
  return parts.map(({ text }) => writtenText(text)).join("");
}

function thinkingOf({ reasoningText, redactedContent }: Fields): readonly Fields[] {
  if (isRecord(reasoningText))
    return [
      {
        type: "thinking",
        thinking: writtenText(reasoningText.text),
        signature: textOf(reasoningText.signature) ?? "",
      },
    ];
  return typeof redactedContent === "string" ? [{ type: "redacted_thinking", data: redactedContent }] : [];
}

function toolCall({ name, input }: Fields, id: string): Fields {
  const called = { name: calledName(name), arguments: jsonText(input ?? {}) };
  return { id, type: "function", function: called };
}

/** Exceptions that a client can mend; the remaining ones are the service's fault. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  throttlingException: "overloaded",
  serviceUnavailableException: "overloaded",
  validationException: "invalid_request",
};

/**
 * Our account, or the model as the operator named it, is not in order, though the status is 400: "Operation not
 * allowed" is an account without access; models that need an inference profile respond that on-demand throughput is not
 * supported.
 */
const ACCOUNT =
  /operation not allowed|\baccount\b|on-demand throughput|model identifier is invalid|marketplace|payment instrument/i;

/** An exception in the middle of a stream. What it reports of our account or its machines is not sent to the client. */
export function converseException(type: string, payload: unknown): GatewayError {
  const refusal = streamRefusal(isRecord(payload) ? textOf(payload.message) : undefined);
  if (refusal !== undefined) return refusal;
  const code = (Object.hasOwn(CODES, type) ? CODES[type] : undefined) ?? "upstream_error";
  const message = code === "invalid_request" && isRecord(payload) ? textOf(payload.message) : undefined;
  if (message !== undefined && isAboutAccount(message)) return new GatewayError("upstream_error");
  return new GatewayError(code, message === undefined ? {} : { message: withoutOurNames(message) });
}

function isAboutAccount(message: string): boolean {
  return ACCOUNT.test(message) || isUsageLimit(message);
}

/** An error response, as far as it can be read: the status decides the kind. */
export function converseProblem(body: string): UpstreamProblem {
  const parsed = parseJson(body);
  const message = isRecord(parsed) ? (textOf(parsed.message) ?? textOf(parsed.Message)) : undefined;
  if (message === undefined) return {};
  return {
    ...refusalProblem(message),
    ...(isAboutAccount(message) ? { isAboutAccount: true } : {}),
  };
}
