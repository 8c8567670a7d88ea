import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import { isRecord } from "../../lib/is-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether the parsed object is a whole response of an API, in each of the parts that its clients look into.
 * @param request the fields of the request
 */
export type WholeForm = (response: Fields, request: Fields) => boolean;

/** By the route: responses of one API are not taken for those of another. */
export const WHOLE_FORMS: Readonly<Record<GenerationRoute, WholeForm>> = {
  "/v1/chat/completions": ({ choices }) => isListOf(choices, isChatChoice),
  "/v1/completions": ({ choices }) => isListOf(choices, isTextChoice),
  "/v1/embeddings": ({ data }, { input }) => isListOf(data, isEmbedding) && data.length === inputsIn(input),
  "/v1/moderations": ({ results }) => isListOf(results, isModeration),
  "/tokenize": ({ tokens, count }) => (Array.isArray(tokens) ? isNumbers(tokens) : isNumber(count)),
  "/detokenize": ({ prompt }) => typeof prompt === "string",
};

function isChatChoice({ message, finish_reason }: Fields): boolean {
  return isRecord(message) && isMessage(message) && isTextOrNone(finish_reason);
}

/** Unknown fields may be anything. */
function isMessage({ content, refusal, tool_calls, function_call }: Fields): boolean {
  if (!isTextOrNone(content) || !isTextOrNone(refusal)) return false;
  const hasCalls = tool_calls !== undefined && tool_calls !== null;
  if (hasCalls && !(Array.isArray(tool_calls) && tool_calls.every(isCall))) return false;
  return function_call === undefined || function_call === null || isCalled(function_call);
}

function isCall(call: unknown): boolean {
  return isRecord(call) && isCalled(call.function ?? call.custom);
}

/** Whether it names a function or a custom tool. */
function isCalled(called: unknown): boolean {
  return isRecord(called) && typeof called.name === "string" && called.name !== "";
}

function isTextChoice({ text, finish_reason }: Fields): boolean {
  return typeof text === "string" && isTextOrNone(finish_reason);
}

function isEmbedding({ embedding }: Fields): boolean {
  if (typeof embedding === "string") return embedding !== "";
  return isNumbers(embedding) && embedding.length > 0;
}

/** The inputs of a request for embeddings: one text, several, the token ids of one, or those of several. */
function inputsIn(input: unknown): number {
  return Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
}

function isModeration({ flagged }: Fields): boolean {
  return typeof flagged === "boolean";
}

/** A list of objects, each of this form, and not empty. */
function isListOf(value: unknown, isItem: (item: Fields) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item) && isItem(item));
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}
