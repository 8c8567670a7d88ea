import { isRecord } from "../../lib/is-record.ts";
import { Pacer } from "../../lib/pacer.ts";
import { escaped } from "./escaped-text.ts";

/** Weight up to which a value is written at once, in characters; a field or an item weighs some of them too. */
const PIECE = 64 * 1024;
/** Of each value, beside the characters of its text. */
const VALUE_WEIGHT = 8;
const IS_HIGH_SURROGATE = /[\ud800-\udbff]$/;

/** The JSON of a value: of a small one at once, without a promise, and else as `pacedJson` writes it. */
export function jsonBytes(value: unknown): Buffer | Promise<Buffer> {
  return weightOf(value, PIECE) <= PIECE ? Buffer.from(JSON.stringify(value)) : pacedJson(value);
}

/**
 * The same as text at once, for what is a text within a response: JSON.stringify alone takes four times as long where there
 * are halves of pairs of surrogates.
 */
export function jsonText(value: unknown): string {
  return weightOf(value, PIECE) <= PIECE ? JSON.stringify(value) : [...piecesOf(value)].join("");
}

/**
 * The JSON of a large value, as `JSON.stringify` writes it, in UTF-8. Other work of the thread runs between its pieces: to write
 * eight megabytes at once takes up to 80 ms, where they are halves of pairs of surrogates.
 * @param value of JSON: what `JSON.parse` returns, where fields may be `undefined`
 */
export async function pacedJson(value: unknown): Promise<Buffer> {
  const pacer = new Pacer();
  const pieces: Buffer[] = [];
  let text = "";
  for (const piece of piecesOf(value)) {
    text += piece;
    const turn = pacer.spend(piece.length);
    if (turn === undefined) continue;
    pieces.push(Buffer.from(text));
    text = "";
    await turn;
  }
  pieces.push(Buffer.from(text));
  return Buffer.concat(pieces);
}

function* piecesOf(value: unknown): Generator<string> {
  if (typeof value === "string" && value.length > PIECE) yield* piecesOfText(value);
  else if (weightOf(value, PIECE) <= PIECE) yield JSON.stringify(value) ?? "null";
  else if (Array.isArray(value)) yield* piecesOfList(value);
  else if (isRecord(value)) yield* piecesOfObject(value);
}

/** A pair of surrogates stays in one piece: its halves alone would be escaped. */
function* piecesOfText(text: string): Generator<string> {
  yield '"';
  for (let start = 0; start < text.length; ) {
    const end = start + PIECE;
    const piece = text.slice(start, IS_HIGH_SURROGATE.test(text.slice(end - 1, end)) ? end + 1 : end);
    yield escaped(piece);
    start += piece.length;
  }
  yield '"';
}

function* piecesOfList(list: readonly unknown[]): Generator<string> {
  yield "[";
  for (const [index, item] of list.entries()) {
    if (index > 0) yield ",";
    yield* piecesOf(item);
  }
  yield "]";
}

function* piecesOfObject(fields: Readonly<Record<string, unknown>>): Generator<string> {
  yield "{";
  let isFirst = true;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    yield `${isFirst ? "" : ","}${JSON.stringify(name)}:`;
    isFirst = false;
    yield* piecesOf(value);
  }
  yield "}";
}

/** @returns the weight, or one above the limit as soon as it is known to be above it */
function weightOf(value: unknown, limit: number): number {
  if (typeof value === "string") return value.length + VALUE_WEIGHT;
  if (typeof value !== "object" || value === null) return VALUE_WEIGHT;
  let weight = VALUE_WEIGHT;
  if (Array.isArray(value)) {
    for (const item of value) {
      weight += weightOf(item, limit - weight);
      if (weight > limit) return weight;
    }
    return weight;
  }
  for (const name in value) {
    weight += name.length + VALUE_WEIGHT + weightOf((value as Record<string, unknown>)[name], limit - weight);
    if (weight > limit) return weight;
  }
  return weight;
}
