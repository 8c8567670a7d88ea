/** A piece of text that is added to another takes so much beside its characters. */
const PIECE_BYTES = 32;
const CHARACTER_BYTES = 2;

/** Bytes of memory that a piece of text takes at most, where it is stored until its stream ends. */
export function heldBytes(text: string): number {
  return PIECE_BYTES + CHARACTER_BYTES * text.length;
}
