import type { AwsCredentialIdentity } from "@smithy/types";
import type { OutboundDialect, OutboundRequest } from "../../../core/dialect.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import { refuseOnlyAnthropic } from "../../inner/anthropic-only.ts";
import { refuse } from "../../inner/refuse.ts";
import { stopSequences } from "../../inner/sampling-fields.ts";
import { wantsJsonObject } from "../../json-mode/json-text.ts";
import { converseRequest } from "./bedrock-request.ts";
import { chatOfConverse, converseProblem } from "./bedrock-response.ts";
import { bedrockSigner } from "./bedrock-signature.ts";
import { converseStream } from "./bedrock-stream.ts";

export interface BedrockDialectOptions {
  readonly region: string;
  /** Returns current credentials; called for each request, so it must cache them itself. */
  readonly credentials: () => Promise<AwsCredentialIdentity>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An id for a response: Converse sends none. */
  readonly newId: () => string;
}

/** Bedrock's Converse, for chat completions; each request is signed. */
export function bedrockDialect({ region, credentials, now, newId }: BedrockDialectOptions): OutboundDialect {
  const sign = bedrockSigner({ region, credentials, now });
  const head = ({ generation }: OutboundRequest) => ({
    id: `chatcmpl-${newId()}`,
    model: generation.model,
    created: Math.floor(now() / 1000),
    stopSequences: stopSequences(generation.fields),
    isJson: wantsJsonObject(generation.fields),
  });
  return {
    name: "bedrock",
    streamMediaType: "application/vnd.amazon.eventstream",
    async encode({ generation, model, origin }) {
      if (generation.route !== "/v1/chat/completions")
        throw refuse("model", "This model serves chat completions only; use /v1/chat/completions.");
      refuseOnlyAnthropic(generation.client);
      const isMessages = generation.client?.dialect === "messages";
      const body = await jsonBytes(converseRequest(generation.fields, { model, isMessages }));
      const path = `/model/${encodeURIComponent(model)}/${generation.stream ? "converse-stream" : "converse"}`;
      return { path, headers: await sign({ origin, path, body }), body };
    },
    decodeWhole: (bytes, request) => chatOfConverse(bytes, head(request)),
    decodeStream: (request) => converseStream(head(request)),
    decodeProblem: (_status, body) => converseProblem(body),
  };
}
