import { isRecord } from "../../lib/is-record.ts";
import { countOf } from "../outside-values/token-count.ts";

/** Tokens that the engine counted. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COLON = 0x3a;
const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** Of a usage object, and of keys so named that are looked at: an upstream may send megabytes of either. */
const MAX_USAGE_BYTES = 16_384;
const MAX_LOOKS = 64;
const KEY = Buffer.from('"usage"');

/**
 * Finds the usage object in the bytes of a response or event without parsing the rest of it. Inside a JSON string the
 * key's quotes are escaped, so a "usage" in generated text is never taken for it.
 */
export function findUsage(bytes: Buffer): TokenUsage | undefined {
  let looks = 0;
  for (let at = bytes.lastIndexOf(KEY); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(KEY, at - 1)) {
    if (++looks > MAX_LOOKS) return undefined;
    const colon = skipWhite(bytes, at + KEY.length);
    if (bytes[colon] !== COLON) continue;
    const start = skipWhite(bytes, colon + 1);
    if (bytes[start] !== OPEN) continue;
    const end = objectEnd(bytes, start);
    if (end !== undefined) return readUsage(bytes.toString("utf8", start, end));
  }
  return undefined;
}

function readUsage(json: string): TokenUsage | undefined {
  try {
    const usage: unknown = JSON.parse(json);
    if (!isRecord(usage)) return undefined;
    const prompt = countOf(usage.prompt_tokens);
    if (prompt === undefined) return undefined;
    return { promptTokens: prompt, completionTokens: countOf(usage.completion_tokens) ?? 0 };
  } catch {
    return undefined;
  }
}

function skipWhite(bytes: Buffer, from: number): number {
  let at = from;
  while (WHITE.has(bytes[at] ?? 0)) at++;
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
