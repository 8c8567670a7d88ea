/**
 * A chained hash over 32-bit words in the manner of MurmurHash3 x86_128's mixing, reduced to two lanes: about 1.5 ns a
 * word in V8, where one call of a cryptographic hash costs more than a block. It only affects routing;
 * salts keep tenants apart.
 */
export interface HashState {
  high: number;
  low: number;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** Mixes `words[from..to)` into the state. An odd count ends with an even word alone. */
export function mixWords(state: HashState, words: Int32Array, from: number, to: number): void {
  let { high, low } = state;
  for (let at = from; at < to; at += 2) {
    let even = Math.imul(words[at] ?? 0, C1);
    even = Math.imul((even << 15) | (even >>> 17), C2);
    high ^= even;
    high = (high << 19) | (high >>> 13);
    high = (Math.imul(high + low, 5) + 0x561ccd1b) | 0;
    let odd = at + 1 < to ? Math.imul(words[at + 1] ?? 0, C3) : 0;
    odd = Math.imul((odd << 16) | (odd >>> 16), C4);
    low ^= odd;
    low = (low << 17) | (low >>> 15);
    low = (Math.imul(low + high, 5) + 0x0bcaa747) | 0;
  }
  state.high = high;
  state.low = low;
}

/** Mixes a short text in; for salts and names. */
export function mixText(state: HashState, text: string): void {
  let { high, low } = state;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), C1);
    high = ((high << 13) | (high >>> 19)) + low;
    low = Math.imul(low ^ high, C3);
  }
  state.high = high | 0;
  // The length keeps "a" + "bc" and "ab" + "c" apart.
  state.low = (low ^ Math.imul(text.length + 1, C2)) | 0;
}

/** The state as a key: an integer from 0 below 2^48. The state is not changed. */
export function keyOf({ high, low }: HashState): number {
  const first = scrambled(high ^ scrambled(low));
  const second = scrambled(low + first);
  return first * 0x1_0000 + (second & 0xffff);
}

/** MurmurHash3's finalizer: every bit of the result depends on every bit of the value. */
export function scrambled(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
