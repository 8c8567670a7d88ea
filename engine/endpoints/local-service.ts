import type { Token } from "node-llama-cpp";
import type { Usage } from "../../contracts/api/sampling.ts";
import type { RequestLimit } from "../http/request-limit.ts";
import { type GenerationEnd, generate, type Piece, type SequenceRequest } from "../inference/generate.ts";
import type { LlamaEngine } from "../inference/llama.ts";
import type { EngineMetrics } from "../inference/metrics.ts";
import { seedOfChoice } from "../inference/sampling.ts";

/** The model, metrics and limits that the handlers of the local model share. */
export interface LocalService {
  readonly engine: LlamaEngine;
  readonly metrics: EngineMetrics;
  readonly requestLimit: RequestLimit;
  /** Names by which requests may call the model; responses have the first. */
  readonly names: readonly string[];
  readonly slots: number;
}

/** One prompt with the tokens that may follow it. */
export interface Prompt {
  readonly tokens: readonly Token[];
  readonly maxTokens: number;
}

/** The settings that all choices of a request share. */
export type ChoiceSettings = Omit<SequenceRequest, "tokens" | "maxTokens" | "seed">;

/** A finished choice. */
export interface Choice extends GenerationEnd {
  readonly text: string;
  readonly logprobs: Piece["logprobs"];
}

/**
 * Generates `n` choices for each prompt, several at a time; `onPiece` gets each piece that can be sent, with the
 * choice's index. The choices are in the order of the prompts. When one fails or the signal aborts, all end.
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
  // A request never has more sequences in the queue than there are slots, however many choices it wants.
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
  request: SequenceRequest,
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

/** Counts a request's tokens: each prompt once, and each completion. */
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
