import type { Token } from "node-llama-cpp";
import type { Usage } from "../../contracts/sampling.ts";
import type { Admission } from "../http/request-limit.ts";
import { type GenerationEnd, type GenerationRequest, generate, type Piece } from "../inference/generate.ts";
import type { LlamaEngine } from "../inference/llama.ts";
import type { EngineMetrics } from "../inference/metrics.ts";
import { seedOfChoice } from "../inference/sampling.ts";

/** Everything that the handlers of the local model share. */
export interface LocalService {
  readonly engine: LlamaEngine;
  readonly metrics: EngineMetrics;
  readonly admission: Admission;
  /** Names under which the model may be called; the first is shown. */
  readonly names: readonly string[];
  readonly slots: number;
}

/** One prompt with the tokens that may follow it. */
export interface Prompt {
  readonly tokens: readonly Token[];
  readonly maxTokens: number;
}

/** What all choices of a request have in common. */
export type ChoiceSettings = Omit<GenerationRequest, "tokens" | "maxTokens" | "seed">;

/** A finished choice. */
export interface Choice extends GenerationEnd {
  readonly text: string;
  readonly logprobs: Piece["logprobs"];
}

/**
 * Generates `n` answers to each prompt, several at a time; `onPiece` gets what can go out, by choice. The choices come
 * in the prompts' order. When one fails or the signal aborts, all end.
 */
export async function generateChoices(
  service: LocalService,
  prompts: readonly Prompt[],
  n: number,
  settings: ChoiceSettings,
  signal: AbortSignal,
  onPiece: (choice: number, piece: Piece) => void | Promise<void>,
  onEnd: (choice: number, end: GenerationEnd) => void | Promise<void> = () => {},
): Promise<readonly Choice[]> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const choices: Choice[] = [];
  const jobs = prompts.flatMap((prompt) => Array.from({ length: n }, () => prompt)).entries();
  const worker = async () => {
    for (const [index, prompt] of jobs) {
      let text = "";
      const logprobs: Piece["logprobs"][number][] = [];
      const seed = seedOfChoice(settings.sampling.seed, index % n);
      const end = await measured(service, { ...settings, ...prompt, seed }, either, async (piece) => {
        text += piece.text;
        logprobs.push(...piece.logprobs);
        await onPiece(index, piece);
      });
      await onEnd(index, end);
      choices[index] = { ...end, text, logprobs };
    }
  };
  // One request never takes more places in the queue than there are slots, however many answers it wants.
  const workers = Array.from({ length: Math.min(service.slots, prompts.length * n) }, () =>
    worker().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return choices;
}

async function measured(
  { engine, metrics }: LocalService,
  request: GenerationRequest,
  signal: AbortSignal,
  onPiece: (piece: Piece) => Promise<void>,
): Promise<GenerationEnd> {
  const figures = metrics.sequence(request.tokens.length);
  try {
    const end = await generate(engine, request, signal, onPiece, { onStart: figures.start, onToken: figures.token });
    figures.end(end.finishReason);
    return end;
  } catch (error) {
    figures.end(signal.aborted ? "abort" : "error");
    throw error;
  }
}

/** Counts a request's tokens: each prompt once, each answer. */
export function usageOf(prompts: readonly Prompt[], n: number, ends: readonly GenerationEnd[]): Usage {
  const promptTokens = prompts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const completionTokens = ends.reduce((sum, end) => sum + end.completionTokens, 0);
  const cached = prompts.reduce((sum, _, index) => sum + (ends[index * n]?.cachedTokens ?? 0), 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
