import { isRecord } from "../../../../lib/is-record.ts";
import type { WholeResponse } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { itemsOf, parseJson, wholeOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { numberOf } from "../../inner/sampling-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The body of `models/{model}:batchEmbedContents`. @throws {GatewayError} for token ids: the service takes texts */
export function embeddingRequest({ input, dimensions }: Fields, model: string): Fields {
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const outputDimensionality = numberOf(dimensions);
  return {
    requests: texts.map((text) => {
      if (typeof text !== "string")
        throw refuse("input", "`input` must be a text or texts for this model, which takes no token ids; send texts.");
      return {
        model: `models/${model}`,
        content: { parts: [{ text }] },
        ...(outputDimensionality === undefined ? {} : { outputDimensionality }),
      };
    }),
  };
}

/** The vectors in OpenAI's form. The service counts no tokens, so the usage is the gateway's estimate. */
export function embeddingsOf(bytes: Buffer, { model, fields, promptTokensEstimate }: GenerationRequest): WholeResponse {
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response) || !Array.isArray(response.embeddings)) throw new GatewayError("upstream_error");
  const isBase64 = fields.encoding_format === "base64";
  const data = response.embeddings.map((item: unknown, index: number) => {
    const values = isRecord(item) ? itemsOf(item.values).map(Number) : [];
    if (values.length === 0 || values.some((value) => !Number.isFinite(value)))
      throw new GatewayError("upstream_error");
    const embedding = isBase64 ? Buffer.from(Float32Array.from(values).buffer).toString("base64") : values;
    return { object: "embedding", index, embedding };
  });
  const usage = { prompt_tokens: promptTokensEstimate, total_tokens: promptTokensEstimate };
  return wholeOf({ object: "list", data, model, usage });
}
