import type { OutboundDialect, OutboundRequest } from "../../../core/dialect.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import { refuseOnlyAnthropic } from "../../inner/anthropic-only.ts";
import { withBody } from "../../inner/provider-dialect.ts";
import { refuse } from "../../inner/refuse.ts";
import { embeddingRequest, embeddingsOf } from "./gemini-embeddings.ts";
import { geminiProblem } from "./gemini-problem.ts";
import { geminiRequest } from "./gemini-request.ts";
import { chatOfGemini, type GeminiHead } from "./gemini-response.ts";
import { geminiStream } from "./gemini-stream.ts";

export interface GeminiDialectOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** First part of every path: the version whose shapes this dialect has. */
export const GEMINI_VERSION_PATH = "/v1beta";

/** Google's Gemini API, for chat completions and embeddings. The key (`x-goog-api-key`) is one of the upstream's headers. */
export function geminiDialect({ now, newId }: GeminiDialectOptions): OutboundDialect {
  const head = ({ generation }: OutboundRequest): GeminiHead => ({
    model: generation.model,
    created: Math.floor(now() / 1000),
    newId: () => newId().replaceAll("-", ""),
  });
  return {
    name: "gemini",
    streamMediaType: "text/event-stream",
    encode({ generation, model }) {
      const { method, body } = callOf(generation, model);
      // A model's name may come with its collection, as the service lists it.
      const name = model.replace(/^models\//, "");
      const path = `${GEMINI_VERSION_PATH}/models/${encodeURIComponent(name)}:${method}`;
      return withBody({ path, headers: {} }, jsonBytes(body));
    },
    decodeWhole: (bytes, request) =>
      request.generation.route === "/v1/embeddings"
        ? embeddingsOf(bytes, request.generation)
        : chatOfGemini(bytes, head(request)),
    decodeStream: (request) => geminiStream(head(request)),
    decodeProblem: (_status, body) => geminiProblem(body),
  };
}

function callOf({ route, fields, stream, client }: OutboundRequest["generation"], model: string) {
  if (route === "/v1/embeddings") return { method: "batchEmbedContents", body: embeddingRequest(fields, model) };
  refuseOnlyAnthropic(client);
  if (route === "/v1/chat/completions")
    return { method: stream ? "streamGenerateContent?alt=sse" : "generateContent", body: geminiRequest(fields, model) };
  throw refuse("model", "This model serves chat completions and embeddings only; use /v1/chat/completions.");
}
