import { isUtf8 } from "node:buffer";
import type * as z from "zod";
import { ChatCompletionRequest } from "../../contracts/chat.ts";
import { CompletionRequest } from "../../contracts/completions.ts";
import { DEPRECATIONS, type Deprecation } from "../../contracts/deprecations.ts";
import { EmbeddingRequest } from "../../contracts/embeddings.ts";
import type { GenerationRoute } from "../../contracts/generation-routes.ts";
import { DetokenizeRequest, TokenizeRequest } from "../../contracts/tokenize.ts";
import { estimateTokens } from "../../domain/token-estimate.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Exchange } from "../exchange.ts";
import { readBody } from "../http/read-body.ts";
import { isRecord } from "../is-record.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../json-depth.ts";
import { announceDeprecations } from "./announce-deprecations.ts";
import { boundProblem } from "./body-bounds.ts";
import { bodyProblems, invalidRequest } from "./body-problems.ts";
import { withoutGuidedFields } from "./guided-fields.ts";

/** What a body of each route must be. */
const SCHEMAS = {
  "/v1/completions": CompletionRequest,
  "/v1/chat/completions": ChatCompletionRequest,
  "/v1/embeddings": EmbeddingRequest,
  "/tokenize": TokenizeRequest,
  "/detokenize": DetokenizeRequest,
} as const;
/** Of a field's name in a message. */
const MAX_FIELD_CHARACTERS = 80;
/** Routes whose answer can be a stream. */
const STREAMED: readonly GenerationRoute[] = ["/v1/completions", "/v1/chat/completions"];

/**
 * Fourth stage: reads and checks the body of a generation request, for callers that were admitted.
 * @param deprecations what the answer's headers have to announce
 * @throws {GatewayError} 400, 413 or 415 from the catalogue
 */
export async function parseBody(
  exchange: Exchange,
  route: GenerationRoute,
  limitBytes: number,
  deprecations: readonly Deprecation[] = DEPRECATIONS,
): Promise<GenerationRequest> {
  const { bytes, fields: clientFields } = await readJsonObject(exchange, limitBytes);
  announceDeprecations(exchange, deprecations, clientFields);
  const inbound = exchange.clientDialect;
  if (inbound === undefined) {
    const fields = withoutGuidedFields(clientFields);
    const body = fields === clientFields ? bytes : Buffer.from(JSON.stringify(fields));
    return generationRequest(exchange, route, body, fields);
  }
  check(inbound.body, clientFields);
  const fields = await inbound.toChat(clientFields);
  const generation = generationRequest(exchange, route, Buffer.from(JSON.stringify(fields)), fields);
  exchange.inbound = { dialect: inbound, context: { requestId: exchange.requestId, clientFields, generation } };
  return generation;
}

/**
 * A body that is one JSON object, as it came and parsed.
 * @throws {GatewayError} 400, 413 or 415 from the catalogue
 */
export async function readJsonObject(
  { request, response }: Exchange,
  limitBytes: number,
): Promise<{ readonly bytes: Buffer; readonly fields: Readonly<Record<string, unknown>> }> {
  checkMediaType(request.headers);
  const bytes = await readBody(request, response, limitBytes);
  return { bytes, fields: parseObject(bytes) };
}

function generationRequest(
  exchange: Exchange,
  route: GenerationRoute,
  bytes: Buffer,
  fields: Readonly<Record<string, unknown>>,
): GenerationRequest {
  const data = check(SCHEMAS[route], fields);
  exchange.model = data.model;
  exchange.stream = STREAMED.includes(route) && own(fields, "stream") && data.stream === true;
  return {
    route,
    model: data.model,
    tenant: exchange.tenant,
    stream: exchange.stream,
    wantsUsage:
      own(fields, "stream_options") && isRecord(data.stream_options) && data.stream_options.include_usage === true,
    maxTokens: maxTokensOf(fields),
    // The body is little but prompt; what else is in it makes the estimate a little high.
    promptTokensEstimate: estimateTokens(bytes.length),
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}

/** @throws {GatewayError} `invalid_request` with every problem */
function check<Schema extends z.ZodType>(schema: Schema, fields: Readonly<Record<string, unknown>>): z.output<Schema> {
  const bound = boundProblem(fields);
  if (bound !== undefined) throw invalidRequest([bound]);
  const parsed = schema.safeParse(fields, { reportInput: true });
  if (!parsed.success) throw invalidRequest(bodyProblems(parsed.error.issues));
  return parsed.data;
}

function checkMediaType(headers: Exchange["request"]["headers"]): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity")
    throw new GatewayError("unsupported_media_type", {
      message: "The body must not be compressed. Send it without `content-encoding`.",
    });
  const type = headers["content-type"];
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  // Without a body there is nothing of the wrong type: that it is missing is the better answer.
  if (type === undefined && !hasBody) return;
  if (!/^application\/json\s*(;|$)/i.test(type?.trim() ?? "")) throw new GatewayError("unsupported_media_type");
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0)
    throw new GatewayError("invalid_json", { message: "The request has no body. Send one JSON object." });
  if (!isUtf8(bytes))
    throw new GatewayError("invalid_json", { message: "The request body is not valid UTF-8. Send JSON in UTF-8." });
  const value = parseJson(bytes.toString("utf8"));
  if (!isRecord(value))
    throw new GatewayError("invalid_json", {
      message: `The request body must be a JSON object, not ${Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`}.`,
    });
  const deep = tooDeepField(value)?.slice(0, MAX_FIELD_CHARACTERS);
  if (deep !== undefined)
    throw invalidRequest([
      {
        param: deep,
        message: `\`${deep}\` must make a body of at most ${MAX_JSON_DEPTH} nested levels, got over ${MAX_JSON_DEPTH}; flatten it.`,
      },
    ]);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text, which may be a prompt; the position is what helps.
    const message = error instanceof SyntaxError ? error.message : "";
    const place = / at (position \d+ \(line \d+ column \d+\))$/.exec(message)?.[1];
    const where = place === undefined ? "" : ` at ${place}`;
    throw new GatewayError("invalid_json", {
      message: `The request body is not valid JSON${where}. Send one JSON object.`,
    });
  }
}

/** A `__proto__` in the body must not lend its fields to the request. */
function own(fields: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(fields, name);
}

function maxTokensOf(fields: Readonly<Record<string, unknown>>): GenerationRequest["maxTokens"] {
  for (const field of ["max_completion_tokens", "max_tokens"]) {
    const value = own(fields, field) ? fields[field] : undefined;
    if (typeof value === "number") return { field, value };
  }
  return undefined;
}
