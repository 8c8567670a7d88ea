import { isUtf8 } from "node:buffer";
import { setImmediate as nextTurn } from "node:timers/promises";
import type * as z from "zod";
import type { Deprecation } from "../../contracts/api/deprecations.ts";
import { REPORTED } from "../../domain/issue-rules.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { InboundDialect } from "../core/dialect.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { ClientDialectTools } from "../dialects/clients/client-dialect.ts";
import type { GatewayKey, KeyStore } from "../keys/key-store.ts";
import { termsOfKey } from "../keys/terms-of-key.ts";
import { hasTooManyFields } from "../outside-values/field-count.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../outside-values/json-depth.ts";
import { jsonBytes } from "../outside-values/paced-json.ts";
import type { ResponseStore } from "../responses/response-store.ts";
import { boundProblem } from "./body/body-bounds.ts";
import { bodyProblems, invalidRequest } from "./body/body-problems.ts";
import { withoutGuidedFields } from "./body/guided-fields.ts";
import { estimatePromptTokens } from "./body/prompt-tokens.ts";
import { schemaProblem } from "./body/schema-bounds.ts";
import type { GenerationRules } from "./endpoint.ts";
import { priorityOf } from "./prioritize.ts";
import { announcements } from "./receive.ts";
import type { Identified, Parsed } from "./request-states.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Of a body from which on the thread's other work has a turn between its steps: to parse 10 MB of escapes takes 20 ms. */
const LARGE_BYTES = 256 * 1024;
/** Of a field's name in a message. */
const MAX_FIELD_CHARACTERS = 80;

export interface ParseTools {
  readonly bodyLimitBytes: number;
  readonly deprecations: readonly Deprecation[];
  readonly dialects: ClientDialectTools;
  readonly keys: KeyStore;
}

/** A body that is one JSON object, as it came and parsed. */
interface JsonBody {
  readonly bytes: Buffer;
  readonly fields: Fields;
}

/**
 * Fifth step: reads and checks the body of a request that a target serves, for callers that were admitted. Without a promise
 * where the body is there and in our dialect.
 * @throws {GatewayError} 400, 403, 413 or 415 from the catalogue
 */
export function parse(identified: Identified, rules: GenerationRules, tools: ParseTools): Parsed | Promise<Parsed> {
  const { request, caller } = identified;
  const body = readJsonObject(request, tools.bodyLimitBytes, caller.tenant);
  return body instanceof Promise
    ? body.then((read) => parsed(identified, rules, tools, read))
    : parsed(identified, rules, tools, body);
}

function parsed(
  identified: Identified,
  rules: GenerationRules,
  tools: ParseTools,
  { bytes, fields: clientFields }: JsonBody,
): Parsed | Promise<Parsed> {
  const { request, endpoint, key, match, headers, record } = identified;
  headers.add(announcements(match.route, tools.deprecations, clientFields));
  if (endpoint.client !== undefined)
    return parsedByDialect(
      identified,
      rules,
      endpoint.client.open(identified.caller.tenant, dialectsFor(identified.key, tools)),
      {
        bytes,
        fields: clientFields,
      },
    );
  const fields = withoutGuidedFields(clientFields);
  const written = fields === clientFields ? bytes : jsonBytes(fields);
  const parse = (body: Buffer): Parsed => {
    const generation = generationRequest(identified, rules, body, fields);
    const problems = rules.clientProblems?.(fields) ?? [];
    if (problems.length > 0) throw invalidRequest(problems);
    const priority = priorityOf(request, generation, key);
    record.note({ priority });
    return { ...identified, rules, generation, priority, client: undefined };
  };
  return written instanceof Promise ? written.then(parse) : parse(written);
}

async function parsedByDialect(
  identified: Identified,
  rules: GenerationRules,
  dialect: InboundDialect,
  { bytes, fields: clientFields }: JsonBody,
): Promise<Parsed> {
  const { request, requestId, key, record } = identified;
  check(dialect.body, clientFields, bytes.length);
  const fields = await dialect.toChat(clientFields);
  const betas = request.headers["anthropic-beta"];
  const chat = await jsonBytes(fields);
  const generation = {
    ...generationRequest(identified, rules, chat, fields),
    client: { dialect: dialect.name, fields: clientFields, betas: typeof betas === "string" ? betas : undefined },
  };
  const priority = priorityOf(request, generation, key);
  record.note({ priority });
  const client = { dialect, context: { requestId, clientFields, generation } };
  return { ...identified, rules, generation, priority, client };
}

/**
 * A key with zero data retention has its responses stored nowhere, whatever its clients ask; others for the days of their project, and while
 * a legal hold is on it or on their owner.
 */
function dialectsFor(key: GatewayKey | undefined, { dialects, keys }: ParseTools): ClientDialectTools {
  if (key?.retention === "zero_data_retention") return withStore(dialects, undefined);
  const { store } = dialects.responses;
  if (key === undefined || store === undefined) return dialects;
  const terms = termsOfKey(keys, key, "responses");
  return withStore(dialects, {
    get: (tenant, id) => store.get(tenant, id),
    put: (tenant, id, stored) => store.put(tenant, id, stored, terms),
    delete: (tenant, id) => store.delete(tenant, id),
  });
}

function withStore(tools: ClientDialectTools, store: ResponseStore | undefined): ClientDialectTools {
  return { ...tools, responses: { ...tools.responses, store } };
}

/**
 * Reads a body that must be one JSON object.
 * @param tenant that holds its bytes while they arrive
 * @throws {GatewayError} 400, 413 or 415 from the catalogue
 */
export function readJsonObject(
  { headers, body }: GatewayRequest,
  limitBytes: number,
  tenant: string,
): JsonBody | Promise<JsonBody> {
  checkMediaType(headers);
  const bytes = body.whole(limitBytes, tenant);
  return bytes instanceof Promise ? bytes.then(jsonBody) : jsonBody(bytes);
}

function jsonBody(bytes: Buffer): JsonBody | Promise<JsonBody> {
  if (bytes.length > LARGE_BYTES) return largeJsonBody(bytes);
  checkText(bytes);
  return { bytes, fields: parseObject(bytes) };
}

async function largeJsonBody(bytes: Buffer): Promise<JsonBody> {
  await nextTurn();
  checkText(bytes);
  await nextTurn();
  const fields = parseObject(bytes);
  await nextTurn();
  return { bytes, fields };
}

function generationRequest(
  { caller, record }: Identified,
  { route, body, promptList, streams }: GenerationRules,
  bytes: Buffer,
  fields: Fields,
): GenerationRequest {
  const { model, stream: wantsStream, stream_options: options } = check(body, fields, bytes.length, promptList);
  const stream = streams && own(fields, "stream") && wantsStream === true;
  record.note({ model, stream });
  return {
    route,
    model,
    tenant: caller.tenant,
    stream,
    wantsUsage: own(fields, "stream_options") && isRecord(options) && options.include_usage === true,
    maxTokens: maxTokensOf(fields),
    promptTokensEstimate: estimatePromptTokens(fields, bytes.length),
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}

/**
 * @param sizeBytes of the body
 * @param promptList its field that may be a list of texts or token ids
 * @throws {GatewayError} `invalid_request` with every problem
 */
function check<Schema extends z.ZodType>(
  schema: Schema,
  fields: Fields,
  sizeBytes: number,
  promptList?: string,
): z.output<Schema> {
  const bound = boundProblem(fields, sizeBytes, promptList) ?? schemaProblem(fields);
  if (bound !== undefined) throw invalidRequest([bound]);
  const parsed = schema.safeParse(fields, REPORTED);
  if (!parsed.success) throw invalidRequest(bodyProblems(parsed.error.issues));
  return parsed.data;
}

function checkMediaType(headers: GatewayRequest["headers"]): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity")
    throw new GatewayError("unsupported_media_type", {
      message: "The body must not be compressed. Send it without `content-encoding`.",
    });
  const type = headers["content-type"];
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  // Without a body there is no wrong type: the better error is that the body is missing.
  if (type === undefined && !hasBody) return;
  if (!/^application\/json\s*(;|$)/i.test(type?.trim() ?? "")) throw new GatewayError("unsupported_media_type");
}

function checkText(bytes: Buffer): void {
  if (bytes.length === 0)
    throw new GatewayError("invalid_json", { message: "The request has no body. Send one JSON object." });
  if (!isUtf8(bytes))
    throw new GatewayError("invalid_json", { message: "The request body is not valid UTF-8. Send JSON in UTF-8." });
  if (hasTooManyFields(bytes))
    throw invalidRequest([
      { param: "", message: "The body has too many fields; send fewer messages, parts or tools." },
    ]);
}

function parseObject(bytes: Buffer): Fields {
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
    const position = / at (position \d+ \(line \d+ column \d+\))$/.exec(message)?.[1];
    const where = position === undefined ? "" : ` at ${position}`;
    throw new GatewayError("invalid_json", {
      message: `The request body is not valid JSON${where}. Send one JSON object.`,
    });
  }
}

/** A `__proto__` in the body must not lend its fields to the request. */
function own(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name);
}

function maxTokensOf(fields: Fields): GenerationRequest["maxTokens"] {
  for (const field of ["max_completion_tokens", "max_tokens"]) {
    const value = own(fields, field) ? fields[field] : undefined;
    if (typeof value === "number") return { field, value };
  }
  return undefined;
}
