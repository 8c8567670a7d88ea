/** Client dialects, and the kinds of targets that requests are translated to; our own engines are vLLM's. */
export const CLIENT_NAMES = ["chat", "completions", "responses", "messages"] as const;
export type ClientName = (typeof CLIENT_NAMES)[number];
export const TARGET_KINDS = ["openai", "anthropic", "bedrock", "gemini", "vllm"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/**
 * What becomes of a feature: passed as the client wrote it, translated, omitted without an error because the response is as
 * good without it, or refused with a 400 that names it.
 */
export type Verdict = "passed" | "translated" | "omitted" | "refused";

export const REQUEST_FEATURE_NAMES = [
  "text",
  "system instructions",
  "developer role",
  "tools",
  "a tool without parameters",
  "a forced tool",
  "no tool to be called",
  "no parallel calls",
  "calls and results in the history",
  "a result with an image",
  "thinking asked for",
  "signed thinking in the history",
  "an image as data",
  "an image by address",
  "a document as data",
  "a document by address",
  "audio",
  "cache marks",
  "stop sequences",
  "structured output",
  "JSON without a schema",
  "log probabilities",
  "several choices",
  "seed",
  "the most likely tokens alone (top_k)",
  "the end user",
  "a longest response",
] as const;
export type RequestFeature = (typeof REQUEST_FEATURE_NAMES)[number];

/** Verdicts by target in the order of `TARGET_KINDS`; a client without words for a feature has no row for it. */
type Row = readonly [Verdict, Verdict, Verdict, Verdict, Verdict];

export const REQUEST_MATRIX: Readonly<Record<ClientName, Partial<Readonly<Record<RequestFeature, Row>>>>> = {
  chat: {
    text: ["passed", "translated", "translated", "translated", "passed"],
    "system instructions": ["passed", "translated", "translated", "translated", "passed"],
    "developer role": ["passed", "translated", "translated", "translated", "passed"],
    tools: ["passed", "translated", "translated", "translated", "passed"],
    "a tool without parameters": ["passed", "translated", "translated", "translated", "passed"],
    "a forced tool": ["passed", "translated", "translated", "translated", "translated"],
    "no tool to be called": ["passed", "translated", "omitted", "translated", "passed"],
    "no parallel calls": ["passed", "translated", "refused", "refused", "passed"],
    "calls and results in the history": ["passed", "translated", "translated", "translated", "passed"],
    "a result with an image": ["translated", "translated", "translated", "translated", "translated"],
    "thinking asked for": ["passed", "translated", "omitted", "translated", "passed"],
    "signed thinking in the history": ["passed", "translated", "translated", "omitted", "passed"],
    "an image as data": ["passed", "translated", "translated", "translated", "passed"],
    "an image by address": ["passed", "translated", "refused", "translated", "passed"],
    "a document as data": ["passed", "translated", "translated", "translated", "passed"],
    audio: ["passed", "refused", "refused", "translated", "passed"],
    "stop sequences": ["passed", "translated", "translated", "translated", "passed"],
    "structured output": ["passed", "translated", "translated", "translated", "passed"],
    "JSON without a schema": ["passed", "translated", "translated", "translated", "passed"],
    "log probabilities": ["passed", "refused", "refused", "translated", "passed"],
    "several choices": ["passed", "refused", "refused", "refused", "passed"],
    seed: ["passed", "omitted", "omitted", "translated", "passed"],
    "the most likely tokens alone (top_k)": ["passed", "translated", "refused", "translated", "passed"],
    "the end user": ["passed", "translated", "omitted", "omitted", "passed"],
    "a longest response": ["passed", "translated", "translated", "translated", "passed"],
  },
  completions: {
    text: ["passed", "refused", "refused", "refused", "passed"],
    "stop sequences": ["passed", "refused", "refused", "refused", "passed"],
    "log probabilities": ["passed", "refused", "refused", "refused", "passed"],
    "several choices": ["passed", "refused", "refused", "refused", "passed"],
    seed: ["passed", "refused", "refused", "refused", "passed"],
    "the most likely tokens alone (top_k)": ["passed", "refused", "refused", "refused", "passed"],
    "the end user": ["passed", "refused", "refused", "refused", "passed"],
    "a longest response": ["passed", "refused", "refused", "refused", "passed"],
  },
  responses: {
    text: ["translated", "translated", "translated", "translated", "translated"],
    "system instructions": ["translated", "translated", "translated", "translated", "translated"],
    "developer role": ["translated", "translated", "translated", "translated", "translated"],
    tools: ["translated", "translated", "translated", "translated", "translated"],
    "a tool without parameters": ["translated", "translated", "translated", "translated", "translated"],
    "a forced tool": ["translated", "translated", "translated", "translated", "translated"],
    "no tool to be called": ["translated", "translated", "omitted", "translated", "translated"],
    "no parallel calls": ["translated", "translated", "refused", "refused", "translated"],
    "calls and results in the history": ["translated", "translated", "translated", "translated", "translated"],
    "a result with an image": ["translated", "translated", "translated", "translated", "translated"],
    "thinking asked for": ["translated", "translated", "omitted", "translated", "translated"],
    "signed thinking in the history": ["omitted", "translated", "translated", "omitted", "omitted"],
    "an image as data": ["translated", "translated", "translated", "translated", "translated"],
    "an image by address": ["translated", "translated", "refused", "translated", "translated"],
    "a document as data": ["translated", "translated", "translated", "translated", "translated"],
    "a document by address": ["refused", "translated", "refused", "translated", "refused"],
    audio: ["translated", "refused", "refused", "translated", "translated"],
    "structured output": ["translated", "translated", "translated", "translated", "translated"],
    "JSON without a schema": ["translated", "translated", "translated", "translated", "translated"],
    "log probabilities": ["refused", "refused", "refused", "refused", "refused"],
    "the end user": ["translated", "translated", "omitted", "omitted", "translated"],
    "a longest response": ["translated", "translated", "translated", "translated", "translated"],
  },
  messages: {
    text: ["translated", "passed", "translated", "translated", "translated"],
    "system instructions": ["translated", "passed", "translated", "translated", "translated"],
    tools: ["translated", "passed", "translated", "translated", "translated"],
    "a tool without parameters": ["translated", "passed", "translated", "translated", "translated"],
    "a forced tool": ["translated", "passed", "translated", "translated", "translated"],
    "no tool to be called": ["translated", "passed", "omitted", "translated", "translated"],
    "no parallel calls": ["translated", "passed", "refused", "refused", "translated"],
    "calls and results in the history": ["translated", "passed", "translated", "translated", "translated"],
    "a result with an image": ["translated", "passed", "translated", "translated", "translated"],
    "thinking asked for": ["translated", "passed", "omitted", "translated", "translated"],
    "signed thinking in the history": ["omitted", "passed", "translated", "omitted", "omitted"],
    "an image as data": ["translated", "passed", "translated", "translated", "translated"],
    "an image by address": ["translated", "passed", "refused", "translated", "translated"],
    "a document as data": ["translated", "passed", "translated", "translated", "translated"],
    "a document by address": ["refused", "passed", "refused", "translated", "refused"],
    "cache marks": ["omitted", "passed", "omitted", "omitted", "omitted"],
    "stop sequences": ["translated", "passed", "translated", "translated", "translated"],
    "structured output": ["translated", "passed", "translated", "translated", "translated"],
    "the most likely tokens alone (top_k)": ["omitted", "passed", "omitted", "translated", "translated"],
    "the end user": ["translated", "passed", "omitted", "omitted", "translated"],
    "a longest response": ["translated", "passed", "translated", "translated", "translated"],
  },
};

/** The matrix as the tables of `docs/dialects.md`. */
export function matrixText(): string {
  return CLIENT_NAMES.map((client) => {
    const rows = Object.entries(REQUEST_MATRIX[client]).map(([feature, row]) => `| ${feature} | ${row.join(" | ")} |`);
    const head = [`| ${client} | ${TARGET_KINDS.join(" | ")} |`, `|---|${"---|".repeat(TARGET_KINDS.length)}`];
    return [...head, ...rows].join("\n");
  }).join("\n\n");
}
