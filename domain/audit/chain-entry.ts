import { hash } from "node:crypto";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { canonicalJson, isCanonical } from "./canonical-json.ts";

/** One event in the hash chain of an organisation: a line of a segment. */
export interface ChainEntry {
  /** The organisation's id. */
  readonly chain: string;
  /** Of the entry in its chain, from 1, without gaps. */
  readonly seq: number;
  /** SHA-256 of the entry before, in hex; `NO_HASH` for the first one. */
  readonly previous: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** What the first entry and the first head have for the hash of the one before. */
export const NO_HASH = "0".repeat(64);

/** The entry as canonical JSON, without a line end. Its hash is that of these bytes. */
export function entryText({ chain, event, previous, seq }: ChainEntry): string {
  return canonicalJson({ chain, event, previous, seq });
}

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash("sha256", data);
}

/** @returns `undefined` for what is no canonical entry */
export function parseEntry(text: string): ChainEntry | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { chain, event, previous, seq } = value;
  if (typeof chain !== "string" || typeof previous !== "string" || !isCount(seq) || !isRecord(event)) return undefined;
  const entry = { chain, event, previous, seq };
  return isCanonical(entry, text) ? entry : undefined;
}

/** Whole, not negative, and exact as a number. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
