import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { ERRORS, type ErrorCode } from "../../../contracts/api/errors.ts";
import type { ClientName, TargetKind } from "../../dialects/matrix.ts";
import type { ResponseFeature, ResponseWord } from "../../dialects/response-matrix/features.ts";
import type { DialectResponse } from "../dialect-gateway.ts";
import type { HttpRecord } from "../recorded-responses.ts";
import { chatError, seenInChat, seenInChatStream } from "./read-chat.ts";
import { seenInTextStream, seenInTexts } from "./read-completions.ts";
import { messagesError, seenInMessage, seenInMessageStream } from "./read-messages.ts";
import { seenInResponse, seenInResponseStream } from "./read-responses.ts";
import type { Seen } from "./seen.ts";
import type { FeatureSources, Source } from "./source.ts";

interface Reader {
  readonly whole: (text: string) => Seen;
  readonly stream: (text: string) => Seen;
  readonly error: (body: unknown) => NonNullable<Seen["error"]>;
}

const READERS: Readonly<Record<ClientName, Reader>> = {
  chat: { whole: seenInChat, stream: seenInChatStream, error: chatError },
  completions: { whole: seenInTexts, stream: seenInTextStream, error: chatError },
  responses: { whole: seenInResponse, stream: seenInResponseStream, error: chatError },
  messages: { whole: seenInMessage, stream: seenInMessageStream, error: messagesError },
};

/** Clients whose dialect is the target's own. */
const OWN: Readonly<Record<ClientName, readonly TargetKind[]>> = {
  chat: ["openai", "vllm"],
  completions: ["openai", "vllm"],
  responses: [],
  messages: ["anthropic"],
};

/** Types of Anthropic's errors by our codes; the remaining ones are `api_error`. */
const MESSAGES_TYPES: Partial<Readonly<Record<ErrorCode, string>>> = {
  invalid_request: "invalid_request_error",
  context_length_exceeded: "invalid_request_error",
  content_filter: "invalid_request_error",
  overloaded: "overloaded_error",
};
/** Codes of a failed response in a stream of OpenAI's Responses; the remaining ones are `server_error`. */
const RESPONSE_CODES: Partial<Readonly<Record<ErrorCode, string>>> = {
  overloaded: "rate_limit_exceeded",
  invalid_request: "invalid_prompt",
  content_filter: "invalid_prompt",
  context_length_exceeded: "context_length_exceeded",
};

export interface Observed {
  readonly client: ClientName;
  readonly target: TargetKind;
  readonly feature: ResponseFeature;
  readonly sources: FeatureSources;
  readonly source: Source;
  readonly record: HttpRecord;
  readonly got: DialectResponse;
}

/** What the gateway really did with a feature. @throws where that is none of the words */
export function wordFor(observed: Observed): ResponseWord {
  const { client, target, feature, sources, source, record, got } = observed;
  const where = `${client} at ${target}: ${feature} (${record.name})`;
  const { whole, stream, error } = READERS[client];
  const seen: Seen =
    got.status === 200 ? (record.isStream ? stream : whole)(got.text) : { error: error(JSON.parse(got.text)) };
  const expected = record.isStream && source.streamedValue !== undefined ? source.streamedValue : source.value;
  if (source.hidden !== undefined) expect(got.text, where).not.toMatch(source.hidden);
  const value = sources.pick(seen);
  const isOwn = OWN[client].includes(target);
  const own = isOwn && record.status === 200 ? upstreamValue(observed) : undefined;
  if (isErrorCode(expected)) {
    if (isOwn && value !== expected && isDeepStrictEqual(value, own)) return "passed";
    expectError(observed, expected, seen, where);
    return expected;
  }
  expect([where, got.status, seen.error]).toEqual([where, 200, undefined]);
  if (value === undefined) return "omitted";
  if (source.isMissing === true) {
    expect(String(value), where).toMatch(expected as RegExp);
    if (Array.isArray(value)) expect(new Set(value).size, where).toBe(value.length);
    return "made";
  }
  if (feature === "the id of the response" || feature === "the name of the model") return nameWord(observed, value);
  expect([where, value]).toEqual([where, expected]);
  if (!isOwn) return "translated";
  return isDeepStrictEqual(value, own) ? "passed" : "made";
}

/** The same in the target's response, where client and target have one dialect. */
function upstreamValue({ client, sources, record }: Observed): unknown {
  const { whole, stream } = READERS[client];
  try {
    return sources.pick((record.isStream ? stream : whole)(record.body.toString("utf8")));
  } catch {
    // Not every server keeps to its dialect.
    return undefined;
  }
}

/** Ids have other prefixes in other dialects; a name that is not the target's own is the client's. */
function nameWord({ client, target, feature, source }: Observed, value: unknown): ResponseWord {
  const text = String(value);
  if (text === source.value) return OWN[client].includes(target) ? "passed" : "translated";
  if (feature === "the name of the model") {
    expect(text).toBe(target);
    return "made";
  }
  const core = String(source.value).replace(/^(chatcmpl-|msg_)/, "");
  if (text.endsWith(core)) return "translated";
  expect(text).toMatch(/^resp_\w+$/);
  return "made";
}

function expectError({ client, source, record, got }: Observed, code: ErrorCode, seen: Seen, where: string): void {
  const { error } = seen;
  const isInStream = got.status === 200;
  const ownCode = client === "responses" && isInStream ? (RESPONSE_CODES[code] ?? "server_error") : code;
  expect([where, error?.code], error?.message).toEqual([where, ownCode]);
  if (!isInStream) expect([where, got.status]).toEqual([where, ERRORS[code].status]);
  const type = client === "messages" ? (MESSAGES_TYPES[code] ?? "api_error") : ERRORS[code].type;
  if (!(client === "responses" && isInStream)) expect([where, error?.type]).toEqual([where, type]);
  expect(error?.message, where).toMatch(/\w/);
  if (code === "overloaded" && record.status !== 200)
    expect(Number(got.headers.get("retry-after")), where).toBeGreaterThanOrEqual(source.retryAfter ?? 1);
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERRORS, value);
}
