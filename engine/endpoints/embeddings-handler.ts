import type { Token } from "node-llama-cpp";
import { EmbeddingRequest, type EmbeddingResponse } from "../../contracts/api/embeddings.ts";
import { ApiError, unsupportedLocally } from "../http/api-error.ts";
import { type HttpCall, readJson, sendJson } from "../http/handler.ts";
import type { LocalService } from "./local-service.ts";
import { parseBody, readTextOrTokens, requireModel } from "./requests.ts";

/** vLLM's fields that would change the vectors and that this engine doesn't support. */
const UNSUPPORTED = ["dimensions", "truncate_prompt_tokens", "messages", "input_type"];

/** `POST /v1/embeddings`. */
export async function handleEmbeddings(service: LocalService, httpCall: HttpCall): Promise<void> {
  const leave = service.requestLimit.enter();
  try {
    const { engine, metrics, names } = service;
    const body = parseBody(EmbeddingRequest, await readJson(httpCall.request));
    requireModel(body.model, names);
    for (const field of UNSUPPORTED)
      if (body[field] != null) throw unsupportedLocally(field, `The request has \`${field}\``);
    const data: EmbeddingResponse["data"] = [];
    let read = 0;
    const embedder = await engine.embedder.open();
    for (const { tokens, param } of await readTextOrTokens(embedder, body.input, "input")) {
      httpCall.signal.throwIfAborted();
      const figures = metrics.sequence(tokens.length);
      figures.start(0);
      const result = await embedder.embed(tokens);
      figures.end(result === null ? "error" : "stop");
      if (result === null) throw tooLong(param, tokens, embedder.maxModelLength);
      read += result.tokens;
      data.push({ object: "embedding", index: data.length, embedding: encode(result.vector, body.encoding_format) });
    }
    const embeddings: EmbeddingResponse = {
      object: "list",
      data,
      model: body.model,
      usage: { prompt_tokens: read, total_tokens: read },
    };
    sendJson(httpCall.response, 200, embeddings);
  } finally {
    leave();
  }
}

function tooLong(param: string, tokens: readonly Token[], context: number): ApiError {
  const message = `The model's context holds ${context} tokens; \`${param}\` has ${tokens.length}. Shorten it.`;
  return new ApiError("context_length_exceeded", { message, details: [{ param, message }] });
}

function encode(vector: readonly number[], format: EmbeddingRequest["encoding_format"]): number[] | string {
  if (format !== "base64") return [...vector];
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString("base64");
}
