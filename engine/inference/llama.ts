import {
  getLlama,
  type Llama,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaGrammar,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import type { ModelFile } from "../models/model-file.ts";
import { ChatPrompt } from "../prompt/chat-prompt.ts";
import { tokenizeInPieces } from "../prompt/long-text.ts";
import { BatchGate } from "./batch-gate.ts";
import { Embedder } from "./embedder.ts";
import { SlotPool } from "./slot-pool.ts";

export interface LlamaEngineOptions {
  readonly file: ModelFile;
  /** A .gguf file whose vectors embeddings are. @default - the model's own vectors */
  readonly embeddingFile?: string | undefined;
  /** Context in tokens; the model's own one may be smaller. */
  readonly contextTokens: number;
  /** Sequences that decode together. */
  readonly slots: number;
  readonly threads: number;
}

/**
 * A shorter match than this doesn't decide which slot a prompt gets: every chat shares its first tokens (23 of system
 * message with the default model), and taking that slot would throw a whole conversation away.
 */
const MIN_SHARED_TOKENS = 32;
/** Compiled grammars in the cache: compiling one takes longer than a few tokens. */
const MAX_GRAMMARS = 32;

/** A model in memory with its sequences. */
export class LlamaEngine {
  readonly file: ModelFile;
  readonly model: LlamaModel;
  readonly chat: ChatPrompt;
  /** Longest prompt plus completion, in tokens. */
  readonly maxModelLength: number;
  readonly pool: SlotPool<LlamaContextSequence>;
  readonly gate = new BatchGate();
  readonly embedder: Embedder;
  readonly #llama: Llama;
  readonly #context: LlamaContext;
  readonly #grammars = new Map<string, Promise<LlamaGrammar>>();
  readonly #vocabularySize: number;

  private constructor(
    llama: Llama,
    model: LlamaModel,
    context: LlamaContext,
    { file, embeddingFile, threads }: LlamaEngineOptions,
    length: number,
  ) {
    this.#llama = llama;
    this.#context = context;
    this.file = file;
    this.model = model;
    this.chat = new ChatPrompt(model);
    this.maxModelLength = length;
    const loadModel = async () =>
      embeddingFile === undefined ? model : await llama.loadModel({ modelPath: embeddingFile, gpuLayers: 0 });
    this.embedder = new Embedder({ loadModel, contextTokens: length, threads });
    this.#vocabularySize = [...model.iterateAllTokens()].length;
    const sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
    this.pool = new SlotPool(sequences, (sequence, tokens) => {
      const shared = commonPrefix(sequence.contextTokens, tokens);
      return shared < MIN_SHARED_TOKENS ? 0 : shared;
    });
  }

  /** Loads the file and runs one evaluation, because the first is slow. */
  static async load(options: LlamaEngineOptions): Promise<LlamaEngine> {
    const { file, contextTokens, slots, threads } = options;
    const llama = await getLlama({
      build: "never",
      gpu: false,
      skipDownload: true,
      logLevel: LlamaLogLevel.error,
      maxThreads: threads,
    });
    const model = await llama.loadModel({ modelPath: file.path, gpuLayers: 0 });
    const length = Math.min(contextTokens, model.trainContextSize);
    const context = await model.createContext({
      sequences: slots,
      contextSize: length,
      threads,
      batchSize: Math.min(512, length),
      // Models with a sliding window would lose the prefix otherwise.
      swaFullCache: true,
    });
    const engine = new LlamaEngine(llama, model, context, options, length);
    await engine.#warmUp();
    return engine;
  }

  /**
   * Tokens of a text in which nothing is special; with the model's own beginning where it has one.
   * @param most @default - the context's
   * @returns `undefined` for more than `most`
   */
  async tokenize(text: string, most = this.maxModelLength): Promise<Token[] | undefined> {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    const beginning = shouldPrependBosToken && bos !== null ? [bos] : [];
    const tokens = await tokenizeInPieces([text], most - beginning.length, (piece) =>
      this.model.tokenize(piece, false),
    );
    return tokens && [...beginning, ...tokens];
  }

  /** Whether the context has at least as many tokens as these texts, whatever a template writes between them. */
  async holds(texts: readonly string[]): Promise<boolean> {
    // A token is at least one byte, so short ones are not counted here.
    if (texts.reduce((bytes, text) => bytes + 3 * text.length, 0) <= this.maxModelLength) return true;
    const tokens = await tokenizeInPieces(texts, this.maxModelLength, (piece) => this.model.tokenize(piece, false));
    return tokens !== undefined;
  }

  /** Whether a number from a request is a token of this model. */
  isToken(id: number): id is Token {
    return Number.isInteger(id) && id >= 0 && id < this.#vocabularySize;
  }

  /** Compiles a GBNF grammar. Rejects when llama.cpp doesn't take it. */
  grammar(gbnf: string): Promise<LlamaGrammar> {
    const known = this.#grammars.get(gbnf);
    if (known !== undefined) return known;
    const oldest = this.#grammars.keys().next();
    if (this.#grammars.size >= MAX_GRAMMARS && !oldest.done) this.#grammars.delete(oldest.value);
    const compiled = this.#llama.createGrammar({ grammar: gbnf });
    this.#grammars.set(gbnf, compiled);
    return compiled;
  }

  /** Share of the KV cache that running sequences fill, 0 to 1. */
  get cacheUsage(): number {
    let tokens = 0;
    for (const sequence of this.pool.busy) tokens += sequence.nextTokenIndex;
    return tokens / (this.maxModelLength * this.#context.totalSequences);
  }

  async dispose(): Promise<void> {
    await this.#llama.dispose();
  }

  async #warmUp(): Promise<void> {
    const sequence = await this.pool.acquire([], new AbortController().signal);
    for await (const _ of sequence.evaluate(this.model.tokenize("The first evaluation is slow."))) break;
    await sequence.clearHistory();
    this.pool.release(sequence);
  }
}

function commonPrefix(held: readonly number[], tokens: readonly number[]): number {
  const end = Math.min(held.length, tokens.length);
  let length = 0;
  while (length < end && held[length] === tokens[length]) length += 1;
  return length;
}
