import { isRecord } from "../../../../lib/is-record.ts";
import type { OutboundRequest, WholeResponse } from "../../../core/dialect.ts";
import { GatewayError, UnusableOutput } from "../../../core/gateway-error.ts";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { tokensOfChoices } from "../../../relay/text-tokens.ts";
import { hasUnsoundUsage, isUnsoundUsage, withUsage } from "../../../relay/usage.ts";
import { itemsOf, parseJson, wholeOf } from "../../inner/json.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import {
  argumentsOf,
  completeCall,
  finishWithCalls,
  hasArgumentsOrNone,
  isNamed,
  withArguments,
} from "./call-fields.ts";
import { keepsFunctionCalls, withoutFunctionCall } from "./function-call.ts";
import { isResponseId, madeResponseId } from "./response-ids.ts";
import { usualContent } from "./usual-content.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A whole response: byte for byte, but where a server's form of it would break OpenAI's clients: content as a list of
 * parts, calls without an id or arguments, or in the form that came before `tool_calls`, an end with calls that is `stop`, no
 * id, and a usage that is nonsense, for which the estimate stands that is paid.
 * @throws {UnusableOutput} for a call without a name @throws {GatewayError} `upstream_error` for arguments that are none
 */
export function openAiResponse(bytes: Buffer, { generation }: OutboundRequest): WholeResponse {
  const sent = parseJson(bytes.toString("utf8"));
  const own = sent ?? withoutStrangeCounts(bytes);
  if (!isRecord(own)) return { bytes, fields: undefined };
  const isUncounted = sent === undefined || isUnsoundUsage(own.usage);
  const counted = isUncounted ? { ...own, usage: estimatedUsage(generation, tokensOfChoices(own.choices)) } : own;
  const fields = isChoiceRoute(generation) ? usualResponse(counted, generation) : counted;
  return fields === sent ? { bytes, fields } : wholeOf(fields);
}

function isChoiceRoute({ route }: GenerationRequest): boolean {
  return route === "/v1/chat/completions" || route === "/v1/completions";
}

/** What is no JSON for its counts alone, such as NaN. */
function withoutStrangeCounts(bytes: Buffer): unknown {
  if (!hasUnsoundUsage(bytes)) return undefined;
  return parseJson(withUsage(bytes.toString("utf8"), null) ?? "");
}

/** The usage of a whole response that has none, or nonsense: the estimate that is paid. @param completion its tokens, estimated */
export function estimatedUsage(generation: GenerationRequest, completion: number): Fields {
  const { promptTokensEstimate: prompt } = generation;
  if (!isChoiceRoute(generation)) return { prompt_tokens: prompt, total_tokens: prompt };
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** The very object where it is sound. */
function usualResponse(response: Fields, generation: GenerationRequest): Fields {
  if (!Array.isArray(response.choices)) return response;
  const own = itemsOf(response.choices);
  const id = isResponseId(response.id) ? response.id : madeResponseId(response.object);
  const keepsCall = keepsFunctionCalls(generation);
  const choices = own.map((choice) => (isRecord(choice) ? usualChoice(choice, id, keepsCall) : choice));
  const isSound = id === response.id && choices.every((choice, index) => choice === own[index]);
  return isSound ? response : { ...response, id, choices };
}

/** The very choice where it is sound. */
function usualChoice(choice: Fields, responseId: string, keepsCall: boolean): Fields {
  const { finish_reason: reason } = choice;
  if (!isRecord(choice.message)) return choice;
  const message = keepsCall ? choice.message : withoutFunctionCall(choice.message);
  const own = itemsOf(message.tool_calls);
  const ids = CallIds.of(responseId);
  const calls = own.map((call, index) => (isRecord(call) ? usualCall(completeCall(call, index, ids)) : call));
  const areSound = calls.every((call, index) => call === own[index]);
  const finish = calls.length > 0 ? finishWithCalls(reason) : reason;
  const hasParts = Array.isArray(message.content);
  if (message === choice.message && areSound && finish === reason && !hasParts) return choice;
  const changed = {
    ...message,
    ...(hasParts ? usualContent(message) : {}),
    ...(areSound ? {} : { tool_calls: calls }),
  };
  return { ...choice, message: changed, finish_reason: finish };
}

/** A call without arguments has an empty object of them, which clients parse. */
function usualCall(call: Fields): Fields {
  // What a model wrote, so that a prompt may cause it.
  if (!isNamed(call)) throw new UnusableOutput();
  if (!hasArgumentsOrNone(call)) throw new GatewayError("upstream_error");
  return isRecord(call.function) && argumentsOf(call).trim() === "" ? withArguments(call, "{}") : call;
}
