import { type CountedTokens, tokenBuckets } from "../../domain/limits/token-buckets.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { tooDeepField } from "../outside-values/json-depth.ts";
import { parseEvent } from "../outside-values/json-texts.ts";
import { countOf } from "../outside-values/token-count.ts";

/** Tokens that the engine counted. */
export type TokenUsage = CountedTokens;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COLON = 0x3a;
const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** Of a usage object, and of keys so named that are looked at: an upstream may send megabytes of either. */
const MAX_USAGE_BYTES = 16_384;
const MAX_LOOKS = 64;
/** White space around a colon that is passed over: servers write one blank or none. */
const MAX_WHITE_BYTES = 1024;
/** Of a response or event with several usages: an event that is looked at has no more. */
const MAX_PARSED_BYTES = 1024 * 1024;
const KEY = Buffer.from('"usage"');
const DATA = "data:";

/**
 * Finds the usage object in the bytes of a response or event without parsing the rest of it, unless there are several: then
 * the outermost one counts, as it does for clients. Inside a JSON string the key's quotes are escaped, so a "usage" in
 * generated text is never taken for it.
 * @returns `undefined` where there is none, or its counts are none
 */
export function findUsage(bytes: Buffer): TokenUsage | undefined {
  return tokensOf(findUsageObject(bytes));
}

/** The same with all that the usage has. */
export function findUsageObject(bytes: Buffer): unknown {
  const found = usageRange(bytes);
  if (found === undefined) return undefined;
  const outermost = bytes.indexOf(KEY) === bytes.lastIndexOf(KEY) ? undefined : ownUsage(bytes);
  return outermost ?? objectIn(bytes, found);
}

/** The usage that is a field of the response itself. */
function ownUsage(bytes: Buffer): unknown {
  if (bytes.length > MAX_PARSED_BYTES) return undefined;
  const response = parsed(bytes.toString("utf8"));
  return isRecord(response) ? response.usage : undefined;
}

/**
 * Whether a response, or an event of its data, has a usage that its client could not count with: a count that is below 0,
 * no whole number or beyond any response, or a usage that is no object.
 */
export function hasUnsoundUsage(bytes: Buffer): boolean {
  const found = usageRange(bytes);
  if (found === undefined) return bytes.includes(KEY) && hasOtherUsage(bytes.toString("utf8"));
  const usage = objectIn(bytes, found);
  return usage === undefined || isUnsoundUsage(usage);
}

/** The same for the parsed value; a response without a usage has none that is unsound. */
export function isUnsoundUsage(usage: unknown): boolean {
  if (usage === undefined || usage === null) return false;
  return !isRecord(usage) || !isSound(usage) || tokensOf(usage) === undefined;
}

/** A key of that name may also be a token of the log probabilities, with a number behind it: so the text is parsed. */
function hasOtherUsage(text: string): boolean {
  const response = parsed(text);
  return isRecord(response) && response.usage !== undefined && response.usage !== null && !isRecord(response.usage);
}

/** Of a response, which was measured as it came, or of an event. */
function parsed(text: string): unknown {
  const data = dataOf(text);
  return data === text ? parseJson(text) : parseEvent(data);
}

/** The JSON itself, or behind the first `data:` of an event: a line's end within a text of JSON is escaped. */
function dataOf(text: string): string {
  if (text.startsWith(DATA)) return text.slice(DATA.length);
  const at = text.indexOf(`\n${DATA}`);
  return at === -1 ? text : text.slice(at + 1 + DATA.length);
}

/** The JSON of a response or event with this value for its usage; `undefined` where it is nested too deep to be written. */
export function withUsage(json: string, usage: Readonly<Record<string, unknown>> | null): string | undefined {
  const parsed = parseJson(json);
  if (tooDeepField(parsed) !== undefined) return undefined;
  if (isRecord(parsed)) return JSON.stringify({ ...parsed, usage });
  // Counts such as NaN, which are no JSON.
  const bytes = Buffer.from(json);
  const found = usageRange(bytes);
  if (found === undefined) return json;
  return bytes.toString("utf8", 0, found.start) + JSON.stringify(usage) + bytes.toString("utf8", found.end);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function usageRange(bytes: Buffer): Range | undefined {
  let looks = 0;
  for (let at = bytes.lastIndexOf(KEY); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(KEY, at - 1)) {
    if (++looks > MAX_LOOKS) return undefined;
    const colon = skipWhite(bytes, at + KEY.length);
    if (bytes[colon] !== COLON) continue;
    const start = skipWhite(bytes, colon + 1);
    if (bytes[start] !== OPEN) continue;
    const end = objectEnd(bytes, start);
    if (end !== undefined) return { start, end };
  }
  return undefined;
}

function objectIn(bytes: Buffer, { start, end }: Range): Readonly<Record<string, unknown>> | undefined {
  const usage = parseJson(bytes.toString("utf8", start, end));
  return isRecord(usage) ? usage : undefined;
}

/**
 * The tokens of a usage object; `undefined` where it is none, or its counts are nonsense. A response of embeddings has no
 * tokens of a completion.
 */
export function tokensOf(usage: unknown): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const prompt = countOf(usage.prompt_tokens);
  const completion = countOf(usage.completion_tokens ?? 0);
  if (prompt === undefined || completion === undefined) return undefined;
  const cached = detailOf(usage.prompt_tokens_details, "cached_tokens");
  const { cachedInput, cacheWrite, reasoning } = tokenBuckets({
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: cached,
    cacheWriteTokens: detailOf(usage.prompt_tokens_details, "cache_write_tokens"),
    reasoningTokens: detailOf(usage.completion_tokens_details, "reasoning_tokens"),
  });
  return {
    promptTokens: prompt,
    completionTokens: completion,
    ...(cachedInput > 0 ? { cachedTokens: cachedInput } : {}),
    ...(cacheWrite > 0 ? { cacheWriteTokens: cacheWrite } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
  };
}

function detailOf(details: unknown, name: string): number {
  return isRecord(details) ? (countOf(details[name]) ?? 0) : 0;
}

/** Whether all counts of tokens, those of the details included, are counts or absent. */
function isSound(usage: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(usage).every(([name, value]) => {
    if (isRecord(value)) return !name.endsWith("_details") || isSound(value);
    return !name.endsWith("_tokens") || value === null || countOf(value) !== undefined;
  });
}

function skipWhite(bytes: Buffer, from: number): number {
  const most = from + MAX_WHITE_BYTES;
  let at = from;
  while (at < most && WHITE.has(bytes[at] ?? 0)) at++;
  return at;
}

function objectEnd(bytes: Buffer, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  const most = Math.min(bytes.length, start + MAX_USAGE_BYTES);
  for (let at = start; at < most; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return undefined;
}
