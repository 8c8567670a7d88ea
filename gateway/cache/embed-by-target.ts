import { isRecord } from "../../lib/is-record.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { Lease } from "../core/lease.ts";
import { reserveFirst } from "../core/reserve.ts";
import type { Target } from "../core/target.ts";
import { sendUpstream } from "../http/upstream/send-upstream.ts";
import type { Embed } from "./semantic-cache.ts";

/** 4,096 dimensions in decimal digits are some 90 KB. */
const MAX_RESPONSE_BYTES = 512 * 1024;

/**
 * Vectors from the model of that name, through the targets that clients reach by it.
 * @param targetsOf where a request of that model may go; `undefined` when there is no such model
 */
export function embedByTarget(model: string, targetsOf: (model: string) => readonly Target[] | undefined): Embed {
  return async (text, signal) => {
    const target = targetsOf(model)?.find(({ dialect }) => dialect.name === "openai");
    const request = requestFor(model, text);
    const lease = target === undefined ? [] : reserveFirst([target], request);
    if (!(lease instanceof Lease)) throw new Error(`no server of ${model} can embed now`);
    const { upstream } = lease;
    try {
      const { statusCode, body } = await sendUpstream(upstream.pool, {
        method: "POST",
        path: "/v1/embeddings",
        headers: { "content-type": "application/json", accept: "application/json", ...upstream.headers },
        body: JSON.stringify({ model: lease.target.upstreamModel, input: text }),
        signal,
      });
      const bytes = await body.whole(MAX_RESPONSE_BYTES);
      if (bytes === undefined) throw new Error(`${model} sent more than ${MAX_RESPONSE_BYTES} bytes`);
      if (statusCode !== 200) throw new Error(`${model} responded ${statusCode} to an embedding`);
      return readVector(bytes, model);
    } finally {
      lease.settle("abandoned");
    }
  };
}

/** What chooses a server looks at the model and the prompt. */
function requestFor(model: string, text: string): GenerationRequest {
  const fields = { model, input: text };
  const bytes = Buffer.from(JSON.stringify(fields));
  return {
    route: "/v1/embeddings",
    model,
    tenant: "semantic-cache",
    stream: false,
    wantsUsage: false,
    maxTokens: undefined,
    promptTokensEstimate: Math.ceil(bytes.length / 4),
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}

function readVector(bytes: Buffer, model: string): Float32Array {
  const response: unknown = JSON.parse(bytes.toString("utf8"));
  const first: unknown = isRecord(response) && Array.isArray(response.data) ? response.data[0] : undefined;
  const values: readonly unknown[] = isRecord(first) && Array.isArray(first.embedding) ? first.embedding : [];
  const numbers = values.filter((value) => typeof value === "number");
  const vector = Float32Array.from(numbers);
  // 32 bits hold no number over 3.4e38: it is infinite there.
  if (numbers.length === 0 || numbers.length < values.length || !vector.every(Number.isFinite))
    throw new Error(`${model} sent no vector of finite numbers for an embedding`);
  return vector;
}
