import { isRecord } from "../../../lib/is-record.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface SeenCall {
  readonly id: string;
  readonly name: string;
  /** Parsed; the text itself where it is no JSON. */
  readonly input: unknown;
}

/** What a client sees of a response, in words of no dialect. A field is missing where the response does not have it. */
export interface Seen {
  readonly id?: string;
  readonly model?: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly calls?: readonly SeenCall[];
  /** Text of thinking. */
  readonly thinking?: string;
  readonly signatures?: readonly string[];
  readonly redacted?: readonly string[];
  /** Kinds of content in the order in which the model wrote it, each with its text or name. */
  readonly order?: readonly string[];
  readonly citations?: readonly unknown[];
  /** Types of blocks of tools that the provider runs. */
  readonly ownTools?: readonly string[];
  readonly stop?: "end" | "length" | "calls" | "filter" | "pause";
  readonly stopSequence?: string;
  readonly usage?: { readonly prompt: number; readonly completion: number };
  readonly cacheRead?: number;
  readonly cacheWritten?: number;
  readonly thinkingTokens?: number;
  /** Tokens of the prompt at the start of a stream. */
  readonly startUsage?: number;
  readonly logprobs?: readonly { readonly token: string; readonly logprob: number }[];
  /** Texts of all choices, where there are several. */
  readonly choices?: readonly string[];
  readonly error?: SeenError;
}

export interface SeenError {
  /** In a streamed response of OpenAI's Responses, its own code. */
  readonly code: string;
  /** Of the dialect. */
  readonly type?: string;
  readonly message: string;
}

/** The fields that have a value, an empty text or list being none. */
export function present(seen: { readonly [Name in keyof Seen]: Seen[Name] | undefined }): Seen {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined && !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === "" || value === 0 || (Array.isArray(value) && value.length === 0);
}

export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

export function recordsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function inputOf(json: unknown): unknown {
  if (typeof json !== "string") return json;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** A marked signature says which provider made it; that is the gateway's. */
export function plainSignature(signature: unknown): string {
  return String(signature ?? "").replace(/^gemini:/, "");
}

/** @throws where a stream or response is not of its dialect */
export function must(isRight: boolean, what: string, got: unknown): void {
  if (!isRight) throw new Error(`${what}, got ${JSON.stringify(got)}`);
}
