import type { ErrorCode } from "../../../contracts/api/errors.ts";

/**
 * What becomes of a feature of a response: passed as the target sent it, translated, made by the gateway because the
 * target does not send it or gets it wrong, omitted because the client's dialect has no words for it, or the error that the client gets, by
 * its code. `none`: this kind of target does not have the feature. `refused`: it does not serve the client's endpoint.
 */
export type ResponseWord = "passed" | "translated" | "made" | "omitted" | "none" | "refused" | ErrorCode;

/** One word where whole and streamed responses are the same, else both. */
export type Cell = ResponseWord | readonly [whole: ResponseWord, streamed: ResponseWord];

/** Cells in the order of `TARGET_KINDS`. */
export type ResponseRow = readonly [Cell, Cell, Cell, Cell, Cell];

export const RESPONSE_FEATURE_NAMES = [
  "text",
  "a call of a tool",
  "several calls",
  "a call without arguments",
  "the id of a call",
  "ids of calls that have none",
  "thinking",
  "the signature of thinking",
  "a signature without thinking",
  "redacted thinking",
  "thinking between texts",
  "a refusal in words",
  "text with citations",
  "citations",
  "citations of web pages",
  "calls of tools that the provider runs",
  "log probabilities",
  "several choices",
  "the natural end",
  "the end at the limit of tokens",
  "the end at the model's context",
  "the stop sequence that ended it",
  "the end for calls",
  "calls with another end",
  "the end by a filter",
  "a blocked prompt",
  "a paused turn",
  "calls that the model got wrong",
  "usage",
  "usage at a stream's start",
  "tokens read from the cache",
  "tokens written to the cache",
  "tokens of thinking",
  "the id of the response",
  "the name of the model",
  "an error: prompt over the context",
  "an error: a wrong field",
  "an error: refused by a filter",
  "an error: our account",
  "an error: our key",
  "an error: unknown model",
  "an error: too many requests",
  "an error: overloaded",
  "an error: the server's fault",
  "an error in a stream: overloaded",
  "an error in a stream: a wrong field",
  "an error in a stream: refused by a filter",
  "an error in a stream: the server's fault",
  "an error in a stream: our account",
  "a stream that breaks off",
] as const;
export type ResponseFeature = (typeof RESPONSE_FEATURE_NAMES)[number];

export type ResponseRows = Partial<Readonly<Record<ResponseFeature, ResponseRow>>>;
