import { type HashState, keyOf, mixText, mixWords } from "./block-hash.ts";
import { writeCanonicalPrompt } from "./canonical-prompt.ts";

/** Bytes of canonical prompt in one block: about 128 tokens, so that a shared system prompt of a page counts. */
export const BLOCK_BYTES = 512;
/** 128 KiB, about 32k tokens; the rest of a longer prompt counts as not cached. */
export const MAX_BLOCKS = 256;
/** English text has about four bytes a token; the engines' own counts correct the estimates. */
export const BYTES_PER_TOKEN = 4;
export const TOKENS_PER_BLOCK = BLOCK_BYTES / BYTES_PER_TOKEN;

const NO_KEYS = new Float64Array(0);

/** A prompt for routing. */
export interface PromptBlocks {
  /** One key for each whole block, each depending on all blocks before it: integers from 0 below 2^48. */
  readonly keys: Float64Array;
  /** The same for all turns of a conversation: hash of everything up to the first user's message. */
  readonly affinityKey: number;
}

/** Requests with different salts never share blocks. */
export interface PromptSalt {
  readonly tenant: string;
  readonly model: string;
  /** @default - none */
  readonly adapter?: string;
}

/** Turns requests into block keys. One for a process: it reuses its scratch memory of 128 KiB. */
export class PromptHasher {
  readonly #bytes = Buffer.alloc(BLOCK_BYTES * MAX_BLOCKS);
  readonly #words = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length / 4);

  /** @param fields a parsed request body in OpenAI's dialect: `messages` and `tools`, or `prompt` */
  blocks(fields: Readonly<Record<string, unknown>>, salt: PromptSalt): PromptBlocks {
    const { length, affinityLength } = writeCanonicalPrompt(this.#bytes, fields);
    const wordsPerBlock = BLOCK_BYTES / 4;
    const count = Math.floor(length / BLOCK_BYTES);
    const state = saltedState(salt);
    // Most prompts are shorter than a block.
    const keys = count === 0 ? NO_KEYS : new Float64Array(count);
    let affinityKey: number | undefined;
    for (let block = 0; block < count; block++) {
      const end = (block + 1) * BLOCK_BYTES;
      if (affinityKey === undefined && affinityLength < end)
        affinityKey = this.#affinityKey(state, block * BLOCK_BYTES, affinityLength);
      mixWords(state, this.#words, block * wordsPerBlock, (block + 1) * wordsPerBlock);
      keys[block] = keyOf(state);
    }
    affinityKey ??= this.#affinityKey(state, count * BLOCK_BYTES, Math.min(affinityLength, length));
    return { keys, affinityKey };
  }

  /** @param state of all blocks before `from` */
  #affinityKey(state: HashState, from: number, to: number): number {
    const copy = { ...state };
    // The words of the scratch memory behind the end are an earlier prompt's.
    const wholeWords = to - ((to - from) % 4);
    mixWords(copy, this.#words, from / 4, wholeWords / 4);
    mixText(copy, this.#bytes.toString("latin1", wholeWords, to));
    return keyOf(copy);
  }
}

function saltedState({ tenant, model, adapter = "" }: PromptSalt): HashState {
  const state = { high: 0x6a09e667, low: 0x3c6ef372 };
  mixText(state, tenant);
  mixText(state, model);
  mixText(state, adapter);
  return state;
}
