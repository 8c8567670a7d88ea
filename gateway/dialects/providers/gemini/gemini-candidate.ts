import type { FinishReason, Usage } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import { GatewayError, UnusableOutput } from "../../../core/gateway-error.ts";
import { jsonText } from "../../../outside-values/paced-json.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import type { CharacterIndex } from "../../citations/character-index.ts";
import { type CitedPage, urlCitations } from "../../citations/url-citations.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { writtenText } from "../../inner/provider-response.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One part of a model's turn, as far as OpenAI has words for it. */
export type GeminiPart =
  | { readonly kind: "text" | "thought"; readonly text: string; readonly signature: string | undefined }
  | {
      readonly kind: "call";
      /** `undefined` where the service gave none. */
      readonly id: string | undefined;
      readonly name: string;
      readonly arguments: string;
      readonly signature: string | undefined;
    };

const FINISH: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  LANGUAGE: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
};
/** The model generated no usable output: another target may do better. */
const UNUSABLE = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
  "MALFORMED_RESPONSE",
]);

/** @throws {UnusableOutput} for a reason that stands for no usable response */
export function finishOf(reason: string, hasCalls: boolean): FinishReason {
  if (UNUSABLE.has(reason)) throw new UnusableOutput();
  const finish = Object.hasOwn(FINISH, reason) ? FINISH[reason] : undefined;
  return finish === "stop" && hasCalls ? "tool_calls" : (finish ?? "stop");
}

/** The first candidate of a response or of a chunk of one; `undefined` where the prompt was blocked or none came. */
export function firstCandidate(response: Fields): Fields | undefined {
  const candidates = itemsOf(response.candidates).filter(isRecord);
  return candidates.find(({ index }) => (countOf(index) ?? 0) === 0);
}

/** Whether the service blocked the prompt. */
export function isPromptBlocked({ promptFeedback }: Fields): boolean {
  return isRecord(promptFeedback) && textOf(promptFeedback.blockReason) !== undefined;
}

export function partsOf(candidate: Fields): readonly GeminiPart[] {
  const content = isRecord(candidate.content) ? candidate.content : {};
  return itemsOf(content.parts).flatMap((part): readonly GeminiPart[] => {
    if (!isRecord(part)) throw new GatewayError("upstream_error");
    const signature = textOf(part.thoughtSignature);
    if (part.functionCall !== undefined) {
      const { id, name, args } = isRecord(part.functionCall) ? part.functionCall : {};
      const called = textOf(name);
      if (called === undefined) throw new GatewayError("upstream_error");
      return [{ kind: "call", id: textOf(id), name: called, arguments: jsonText(args ?? {}), signature }];
    }
    const text = writtenText(part.text);
    if (text === "" && signature === undefined) return [];
    return [{ kind: part.thought === true ? "thought" : "text", text, signature }];
  });
}

/**
 * Thoughts are counted apart from the response, and tokens from the cache together with the prompt.
 * @returns `undefined` where the prompt has no count, or a count is nonsense: then the tokens are estimated
 */
export function usageOfMetadata(metadata: unknown): Usage | undefined {
  const counts = isRecord(metadata) ? metadata : {};
  const input = countOf(counts.promptTokenCount);
  const output = countOf(counts.candidatesTokenCount ?? 0);
  const thoughts = countOf(counts.thoughtsTokenCount ?? 0);
  if (input === undefined || output === undefined || thoughts === undefined) return undefined;
  const prompt = input + (countOf(counts.toolUsePromptTokenCount) ?? 0);
  const completion = output + thoughts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: Math.min(countOf(counts.cachedContentTokenCount) ?? 0, prompt) },
    ...(thoughts > 0 ? { completion_tokens_details: { reasoning_tokens: thoughts } } : {}),
  };
}

/**
 * The web pages that support a response's text, in OpenAI's form. The service counts bytes of the text in UTF-8.
 * @param text the whole text
 */
export function citationsOf({ groundingMetadata }: Fields, text: CharacterIndex): readonly Fields[] {
  if (!isRecord(groundingMetadata)) return [];
  const chunks = itemsOf(groundingMetadata.groundingChunks);
  const characters = (index: unknown) => text.charactersBefore(countOf(index) ?? 0);
  const pages = itemsOf(groundingMetadata.groundingSupports).flatMap((support): readonly CitedPage[] => {
    if (!isRecord(support) || !isRecord(support.segment)) return [];
    const [start, end] = [characters(support.segment.startIndex), characters(support.segment.endIndex)];
    return itemsOf(support.groundingChunkIndices).flatMap((index) => {
      const chunk = chunks[countOf(index) ?? -1];
      return isRecord(chunk) && isRecord(chunk.web) ? [{ url: chunk.web.uri, title: chunk.web.title, start, end }] : [];
    });
  });
  return urlCitations(pages);
}

/** Log probabilities in OpenAI's form; `undefined` where there are none. */
export function logprobsOf(candidate: Fields): { readonly content: readonly Fields[] } | undefined {
  const result = isRecord(candidate.logprobsResult) ? candidate.logprobsResult : undefined;
  if (result === undefined) return undefined;
  const top = itemsOf(result.topCandidates);
  const content = itemsOf(result.chosenCandidates).map((chosen, index) => {
    const others = top[index];
    const candidates = isRecord(others) ? itemsOf(others.candidates) : [];
    return { ...tokenOf(chosen), top_logprobs: candidates.map(tokenOf) };
  });
  return { content };
}

function tokenOf(candidate: unknown): Fields {
  const { token, logProbability } = isRecord(candidate) ? candidate : {};
  const text = typeof token === "string" ? token : "";
  return {
    token: text,
    logprob: typeof logProbability === "number" ? logProbability : 0,
    bytes: [...Buffer.from(text)],
  };
}
