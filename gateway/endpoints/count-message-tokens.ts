import { CountTokensRequest } from "../../contracts/api/messages.ts";
import { isRecord } from "../../lib/is-record.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { jsonResponse } from "../core/response.ts";
import { COUNT_TOKENS_CLIENT } from "../dialects/clients/client-dialect.ts";
import { parseJson } from "../dialects/inner/json.ts";
import { dialectFields } from "../dialects/providers/openai/openai-body.ts";
import { countOf } from "../outside-values/token-count.ts";
import { type GenerationTools, planRequest } from "../pipeline/generate.ts";
import type { Planned } from "../pipeline/request-states.ts";
import { CHAT } from "./chat-completions.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";
import { TOKENIZE } from "./tokenize.ts";

/** Counted by the engine where the model is one of our own pools'; an estimate where a provider's, or where no engine is ready. */
export const countMessageTokens: EndpointDefinition = {
  body: CountTokensRequest,
  client: COUNT_TOKENS_CLIENT,
  generation: CHAT,
  async handle(request, { generation }) {
    const planned = await planRequest(request, CHAT, generation);
    const counted = await countAtEngine(planned, generation);
    const input_tokens = counted ?? planned.generation.promptTokensEstimate;
    return jsonResponse(200, request.headers.all, { input_tokens });
  },
};

/** `undefined` where no engine counts. */
async function countAtEngine(planned: Planned, tools: GenerationTools): Promise<number | undefined> {
  const { generation, plan } = planned;
  const [target] = plan.targets;
  if (target.kind !== "pool" || !target.isPresent(generation)) return undefined;
  const { messages, tools: functions } = dialectFields(generation, "engine");
  const fields = {
    model: generation.model,
    messages,
    add_generation_prompt: true,
    ...(functions ? { tools: functions } : {}),
  };
  const tokenize = {
    ...planned,
    rules: TOKENIZE,
    plan: { ...plan, targets: [target] as const },
    generation: {
      ...generation,
      route: TOKENIZE.route,
      client: undefined,
      fields,
      bytes: Buffer.from(JSON.stringify(fields)),
      maxTokens: undefined,
    },
  };
  const { steps, calls } = tools;
  try {
    const { response } = await steps.call(tokenize, undefined, calls);
    const counted = response.kind === "whole" ? parseJson(response.bytes.toString("utf8")) : undefined;
    return isRecord(counted) ? countOf(counted.count) : undefined;
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  } finally {
    calls.admission.slotFreed(target.id);
  }
}
