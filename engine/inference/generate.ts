import {
  type LlamaContextSequence,
  type LlamaGrammar,
  LlamaGrammarEvaluationState,
  type SequenceEvaluateOptions,
  type Token,
  TokenBias,
} from "node-llama-cpp";
import type { LlamaEngine } from "./llama.ts";
import type { Sampling } from "./sampling.ts";
import { StopStrings } from "./stop-strings.ts";
import { TokenSampler } from "./token-sampler.ts";
import { TokenText } from "./token-text.ts";

/**
 * A prompt is evaluated in pieces of this size: no slower than at once, and an abort frees the slot within a second.
 */
export const PREFILL_CHUNK = 128;

export interface SequenceRequest {
  readonly tokens: readonly Token[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** Tokens that end the completion, like the model's own end token. */
  readonly stopTokens: readonly Token[];
  readonly sampling: Sampling;
  readonly seed: number;
  readonly grammar: LlamaGrammar | null;
  /** Alternatives reported for each token; null: no log probabilities. */
  readonly logprobs: number | null;
  /** Continue after the model's end of text; for measurements. */
  readonly ignoreEnd: boolean;
}

export interface TokenLogprob {
  readonly text: string;
  readonly logprob: number;
  readonly top: readonly { readonly text: string; readonly logprob: number }[];
}

/** A piece of the completion that can be sent. */
export interface Piece {
  readonly text: string;
  /** Tokens since the last piece; empty unless the request wants log probabilities. */
  readonly logprobs: readonly TokenLogprob[];
}

export interface GenerationEnd {
  readonly finishReason: "stop" | "length";
  readonly completionTokens: number;
  /** Prompt tokens that an earlier request of this slot had computed. */
  readonly cachedTokens: number;
}

/** Called at the moments that metrics measure. */
export interface GenerationEvents {
  /** The sequence has a slot, in which `cachedTokens` of the prompt's tokens are computed already. */
  readonly onStart?: (cachedTokens: number) => void;
  readonly onToken?: () => void;
}

/**
 * Generates one completion in its own slot, in one batch with its neighbours. Rejects with the signal's reason after
 * an abort, when the slot is free again.
 */
export async function generate(
  engine: LlamaEngine,
  request: SequenceRequest,
  signal: AbortSignal,
  onPiece: (piece: Piece) => void | Promise<void>,
  events: GenerationEvents = {},
): Promise<GenerationEnd> {
  const sequence = await engine.pool.acquire(request.tokens, signal);
  try {
    const cachedTokens = await reusePrefix(engine, sequence, request.tokens);
    events.onStart?.(cachedTokens);
    const rest = await prefill(engine, sequence, request.tokens, signal);
    const end = await decode(engine, sequence, rest, request, signal, onPiece, events);
    return { ...end, cachedTokens };
  } finally {
    engine.pool.release(sequence);
  }
}

/** Keeps the slot's common prefix with the prompt, but not the last token: its evaluation yields the next token. */
async function reusePrefix(
  { gate }: LlamaEngine,
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
): Promise<number> {
  const prefix = tokens.slice(0, -1);
  if (sequence.nextTokenIndex > 0) await gate.between(() => sequence.adaptStateToTokens(prefix, false));
  return sequence.nextTokenIndex;
}

async function prefill(
  { gate }: LlamaEngine,
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  signal: AbortSignal,
): Promise<Token[]> {
  let at = sequence.nextTokenIndex;
  while (tokens.length - at > PREFILL_CHUNK) {
    await gate.pass();
    signal.throwIfAborted();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + PREFILL_CHUNK));
    at += PREFILL_CHUNK;
  }
  signal.throwIfAborted();
  return tokens.slice(at);
}

async function decode(
  engine: LlamaEngine,
  sequence: LlamaContextSequence,
  rest: Token[],
  request: SequenceRequest,
  signal: AbortSignal,
  onPiece: (piece: Piece) => void | Promise<void>,
  events: GenerationEvents,
): Promise<Omit<GenerationEnd, "cachedTokens">> {
  const { model } = engine;
  const decodeText = (tokens: readonly Token[], before: readonly Token[]) => model.detokenize(tokens, false, before);
  const text = new TokenText<Token>(decodeText, request.tokens);
  const stops = new StopStrings(request.stop);
  const generated: Token[] = [];
  let logprobs: TokenLogprob[] = [];
  const emit = async (out: string) => {
    if (out === "") return;
    const piece = { text: out, logprobs };
    logprobs = [];
    await onPiece(piece);
  };
  const end = (finishReason: "stop" | "length") => ({ finishReason, completionTokens: generated.length });
  const wantsLogprobs = request.logprobs !== null;
  // A grammar's state advances with llama.cpp's own choice, so then the choice is left to it.
  const sampler =
    wantsLogprobs && request.grammar === null
      ? new TokenSampler<Token>(request.sampling, request.seed, request.tokens)
      : null;
  const options = evaluateOptions(engine, request, generated, sampler !== null);
  const iterator = wantsLogprobs
    ? sequence.evaluateWithMetadata(rest, { probabilities: true }, options)
    : sequence.evaluateWithMetadata(rest, {}, options);
  try {
    let replacement: Token | undefined;
    for (;;) {
      await engine.gate.pass();
      const next = await iterator.next(replacement);
      signal.throwIfAborted();
      if (next.done) break;
      const sampled: Sampled = next.value;
      const probabilities = sampled.probabilities ?? new Map<Token, number>();
      const token = sampler?.choose(probabilities) ?? sampled.token;
      replacement = token;
      events.onToken?.();
      if ((model.isEogToken(token) && !request.ignoreEnd) || request.stopTokens.includes(token)) {
        // The end token counts as a completion token, as in vLLM.
        await emit(stops.push(text.flush()).text + stops.flush());
        return { finishReason: "stop", completionTokens: generated.length + 1 };
      }
      generated.push(token);
      if (wantsLogprobs) logprobs.push(describe(engine, token, probabilities, request.logprobs ?? 0));
      const found = stops.push(text.push(token));
      await emit(found.text);
      if (found.stopped) return end("stop");
      if (generated.length >= request.maxTokens) break;
    }
    const tail = stops.push(text.flush());
    await emit(tail.text + (tail.stopped ? "" : stops.flush()));
    return end(tail.stopped ? "stop" : "length");
  } finally {
    await iterator.return();
  }
}

interface Sampled {
  readonly token: Token;
  readonly probabilities?: ReadonlyMap<Token, number>;
}

function evaluateOptions(
  engine: LlamaEngine,
  { sampling, seed, grammar, tokens, maxTokens }: SequenceRequest,
  generated: readonly Token[],
  unfiltered: boolean,
): SequenceEvaluateOptions {
  if (unfiltered) return { temperature: 0, topK: 0, topP: 1, yieldEogToken: true };
  const { repetitionPenalty, presencePenalty, frequencyPenalty } = sampling;
  const penalized = repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
  // As in vLLM, repetition_penalty covers the prompt too, and the other two the completion only. llama.cpp has one
  // list for all three: with both kinds at once it holds the completion.
  const withPrompt = presencePenalty === 0 && frequencyPenalty === 0;
  const punishTokens = () => (withPrompt ? [...tokens, ...generated] : [...generated]);
  const { model } = engine;
  const bias = new TokenBias(model.tokenizer);
  for (const [id, logit] of sampling.logitBias) if (engine.isToken(id)) bias.set(id, { logit });
  return {
    temperature: sampling.temperature,
    topK: sampling.topK,
    topP: sampling.topP,
    minP: sampling.minP,
    seed,
    yieldEogToken: true,
    ...(grammar === null ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) }),
    ...(sampling.logitBias.size === 0 ? {} : { tokenBias: bias }),
    ...(penalized
      ? {
          repeatPenalty: {
            punishTokens,
            maxPunishTokens: tokens.length + maxTokens,
            penalty: repetitionPenalty,
            presencePenalty,
            frequencyPenalty,
          },
        }
      : {}),
  };
}

function describe(
  { model }: LlamaEngine,
  token: Token,
  probabilities: ReadonlyMap<Token, number>,
  count: number,
): TokenLogprob {
  const text = (id: Token) => model.detokenize([id], true);
  const top: { text: string; logprob: number }[] = [];
  for (const [id, probability] of probabilities) {
    if (top.length >= count) break;
    top.push({ text: text(id), logprob: logOf(probability) });
  }
  return { text: text(token), logprob: logOf(probabilities.get(token) ?? 0), top };
}

/** JSON has no -Infinity; vLLM writes -9999 as well. */
function logOf(probability: number): number {
  return probability > 0 ? Math.log(probability) : -9999;
}
