import type { ErrorCode } from "../../../../contracts/api/errors.ts";
import type { FinishReason, Usage } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { UpstreamProblem, WholeResponse } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { streamTimeout } from "../../../core/upstream-failure.ts";
import { jsonText } from "../../../outside-values/paced-json.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import { annotationsField, type CitedPage, urlCitations } from "../../citations/url-citations.ts";
import { OWN_MESSAGE } from "../../inner/anthropic-only.ts";
import { itemsOf, parseJson, textOf, wholeOf } from "../../inner/json.ts";
import { blocksOf, calledName, finishReasonOf, usageOf, writtenText } from "../../inner/provider-response.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { withoutFence } from "../../json-mode/json-text.ts";
import { isUsageLimit, namedField, refusalProblem, streamRefusal, withoutOurNames } from "../../refusals/refusals.ts";
import { ownMessage } from "./own-response.ts";

type Fields = Readonly<Record<string, unknown>>;

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** @param hasCalls servers of this dialect may name another reason for a message with calls */
export function finishReason(stopReason: unknown, hasCalls: boolean): FinishReason {
  const finish = finishReasonOf(FINISH, stopReason);
  return hasCalls && finish === "stop" ? "tool_calls" : finish;
}

/** Anthropic counts what came from its cache, and went there, apart from `input_tokens`; OpenAI counts all together. */
export function openAiUsage(usage: unknown): Usage | undefined {
  const counts = isRecord(usage) ? usage : {};
  const details = isRecord(counts.output_tokens_details) ? counts.output_tokens_details : {};
  const thinking = countOf(details.thinking_tokens);
  const known = usageOf({
    input: counts.input_tokens,
    cacheRead: counts.cache_read_input_tokens,
    cacheWritten: counts.cache_creation_input_tokens,
    output: counts.output_tokens,
  });
  if (known === undefined) return undefined;
  return {
    ...known,
    ...(thinking === undefined ? {} : { completion_tokens_details: { reasoning_tokens: thinking } }),
  };
}

export interface MessageHead {
  /** The model's name in the client's request. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Whether the client's dialect is Anthropic's too, so that it gets the message itself. @default false */
  readonly isMessages?: boolean;
  /** Whether the model was instructed to write JSON. @default false */
  readonly isJson?: boolean;
  /** Tokens of the prompt, for a client of Messages whose server does not count them. @default 0 */
  readonly promptTokensEstimate?: number;
  /** An id for a message without one. */
  readonly newId: () => string;
}

/** A message with an id: servers of this dialect may send none, or the prefix of one alone. */
export function withMessageId(message: Fields, { newId }: Pick<MessageHead, "newId">): Fields {
  const id = textOf(message.id);
  return id === undefined || id === "msg_" ? { ...message, id: `msg_${newId()}` } : message;
}

/** A whole message as a chat completion. @throws {GatewayError} `upstream_error` when the bytes are no message */
export function chatCompletion(bytes: Buffer, head: MessageHead): WholeResponse {
  const { model, created, isMessages = false, isJson = false, promptTokensEstimate = 0 } = head;
  const parsed = parseJson(bytes.toString("utf8"));
  if (!isRecord(parsed) || parsed.type !== "message" || !Array.isArray(parsed.content))
    throw new GatewayError("upstream_error");
  // By the API's reference, only a message that has not ended has none.
  if (textOf(parsed.stop_reason) === undefined) throw new GatewayError("upstream_error");
  const message = withMessageId(parsed, head);
  const blocks = blocksOf(itemsOf(message.content));
  let text = "";
  const thinking: Fields[] = [];
  const cited: CitedPage[] = [];
  for (const block of blocks) {
    if (block.type === "text") {
      const start = text.length;
      text += writtenText(block.text);
      cited.push(...citedPages(block.citations, start, text.length));
    }
    if (block.type === "thinking" || block.type === "redacted_thinking")
      thinking.push(withTextBefore(block, text.length));
  }
  if (isJson) text = withoutFence(text);
  const reasoning = thinking.map((block) => writtenText(block.thinking)).join("");
  const ids = CallIds.of(message.id);
  const calls = blocks
    .filter(({ type }) => type === "tool_use")
    .map((block, index) => toolCall(block, ids.idOf(block.id, index)));
  const response = {
    id: message.id,
    object: "chat.completion",
    created,
    model,
    // Before `usage`: the last field of that name is the one that is counted.
    ...(isMessages ? { [OWN_MESSAGE]: ownMessage(message, model, promptTokensEstimate) } : {}),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" ? null : text,
          refusal: null,
          // The text that a model was instructed to write as JSON may have lost its first characters.
          ...annotationsField(isJson ? [] : urlCitations(cited)),
          ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
          ...(thinking.length > 0 ? { thinking_blocks: thinking } : {}),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: finishReason(message.stop_reason, calls.length > 0),
        ...stopReason(message.stop_sequence),
      },
    ],
    usage: openAiUsage(message.usage),
  };
  return wholeOf(response);
}

/** Pages that support a block of text: results of the provider's own search, or of the client's that it named by address. */
export function citedPages(citations: unknown, start: number, end: number): readonly CitedPage[] {
  return itemsOf(citations)
    .filter(isRecord)
    .map(({ url, source, title }) => ({ url: url ?? source, title, start, end }));
}

/** vLLM's field for the stop sequence that ended a response. */
export function stopReason(stopSequence: unknown): Fields {
  const sequence = textOf(stopSequence);
  return sequence === undefined ? {} : { stop_reason: sequence };
}

function toolCall(block: Fields, id: string): Fields {
  return {
    id,
    type: "function",
    function: { name: calledName(block.name), arguments: jsonText(block.input ?? {}) },
  };
}

/** Anthropic's error types that a client can mend; the remaining ones are the service's fault. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: "invalid_request",
  rate_limit_error: "overloaded",
  overloaded_error: "overloaded",
  timeout_error: "timeout",
};

/** An error about our credit is the operator's to mend, though its status is 400. */
const ACCOUNT = /credit balance is too low|billing|organization has been disabled/i;

/** An error in the middle of a stream. What it reports of our account or its machines is not sent to the client. */
export function streamError(error: unknown): GatewayError {
  const type = isRecord(error) ? error.type : undefined;
  const refusal = streamRefusal(isRecord(error) ? textOf(error.message) : undefined);
  if (refusal !== undefined) return refusal;
  const code = (typeof type === "string" && Object.hasOwn(CODES, type) ? CODES[type] : undefined) ?? "upstream_error";
  if (code === "timeout") return streamTimeout();
  const message = isRecord(error) && code === "invalid_request" ? textOf(error.message) : undefined;
  if (message !== undefined && isAboutAccount(message)) return new GatewayError("upstream_error");
  return new GatewayError(code, message === undefined ? {} : { message: withoutOurNames(message) });
}

function isAboutAccount(message: string): boolean {
  return ACCOUNT.test(message) || isUsageLimit(message);
}

const FIELD_PREFIX = /^([a-z_]+(?:\.[\w-]+)*): /;

/** An error response, as far as it can be read; its message begins with the path of the field. */
export function anthropicProblem(body: string): UpstreamProblem {
  const parsed = parseJson(body);
  const error = isRecord(parsed) && isRecord(parsed.error) ? parsed.error : {};
  const message = textOf(error.message);
  if (message === undefined) return {};
  const path = FIELD_PREFIX.exec(message)?.[1];
  return {
    ...refusalProblem(message),
    ...namedField(path?.replace(/\.(\d+)/g, "[$1]").replace(/^stop_sequences/, "stop")),
    ...(isAboutAccount(message) ? { isAboutAccount: true } : {}),
  };
}
