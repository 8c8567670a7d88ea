import type { OutboundDialect, OutboundRequest } from "../../../core/dialect.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import { withBody } from "../../inner/provider-dialect.ts";
import { refuse } from "../../inner/refuse.ts";
import { wantsJsonObject } from "../../json-mode/json-text.ts";
import { anthropicRequest } from "./anthropic-request.ts";
import { anthropicProblem, chatCompletion } from "./anthropic-response.ts";
import { anthropicStream } from "./anthropic-stream.ts";
import { ownMessagesRequest } from "./own-request.ts";

/** The API version whose shapes this dialect has. */
export const ANTHROPIC_VERSION = "2023-06-01";

export interface AnthropicDialectOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An id for a message whose server sends none. */
  readonly newId: () => string;
  /** `max_tokens` of a request that names none: Anthropic requires it. @default 4096 */
  readonly defaultMaxTokens?: number;
  /** Whether `temperature`, `top_p` and `top_k` are sent: Anthropic's newest models refuse them. @default true */
  readonly takesSampling?: boolean;
}

/** Anthropic's Messages, for chat completions. The credential (`x-api-key`) is one of the upstream's headers. */
export function anthropicDialect(options: AnthropicDialectOptions): OutboundDialect {
  const { now, newId, defaultMaxTokens = 4096, takesSampling = true } = options;
  const head = ({ generation }: OutboundRequest) => ({
    model: generation.model,
    created: Math.floor(now() / 1000),
    isMessages: generation.client?.dialect === "messages",
    isJson: wantsJsonObject(generation.fields),
    promptTokensEstimate: generation.promptTokensEstimate,
    newId: () => newId().replaceAll("-", ""),
  });
  return {
    name: "anthropic",
    streamMediaType: "text/event-stream",
    encode({ generation, model }) {
      if (generation.route !== "/v1/chat/completions")
        throw refuse("model", "This model serves chat completions only; use /v1/chat/completions.");
      const { fields, stream, client } = generation;
      const options = { model, stream, defaultMaxTokens, takesSampling };
      const body =
        client?.dialect === "messages" ? ownMessagesRequest(client.fields, options) : anthropicRequest(fields, options);
      const betas = client?.betas;
      const headers = {
        "anthropic-version": ANTHROPIC_VERSION,
        ...(betas === undefined ? {} : { "anthropic-beta": betas }),
      };
      return withBody({ path: "/v1/messages", headers }, jsonBytes(body));
    },
    decodeWhole: (bytes, request) => chatCompletion(bytes, head(request)),
    decodeStream: (request) => anthropicStream(head(request)),
    decodeProblem: (_status, body) => anthropicProblem(body),
  };
}
