import { imageSize } from "./image-size.ts";

/**
 * Pixels of an image that are one token: Anthropic's documents say width × height / 750, after an image was made as small as
 * the model sees it, which is about 1.2 megapixels (docs: build with Claude, vision). OpenAI's tiles and Gemini's stay below.
 */
const PIXELS_PER_TOKEN = 750;
const MOST_PIXELS = 1_200_000;
/** An image whose size is not known: the largest. */
const IMAGE_TOKENS = MOST_PIXELS / PIXELS_PER_TOKEN;
/** An image that OpenAI is to look at with `detail: low` (docs: images and vision). */
const LOW_DETAIL_TOKENS = 85;
/** The header of a JPEG may come behind a thumbnail and a color profile. */
const HEADER_BYTES = 256 * 1024;

/** Anthropic's documents name 1,500 to 3,000 tokens of text for a page of a PDF, by how dense it is. */
const PAGE_TOKENS = 2000;
/** Of a page, where a PDF does not show how many it has: a page of text has less, one with pictures has more. */
const PAGE_BYTES = 50_000;

/** Gemini's documents say 32 tokens for a second of sound; OpenAI's models need fewer. */
const TOKENS_PER_SECOND = 32;
/** MP3 at 128 kbit/s, the usual rate of speech and music. */
const COMPRESSED_BYTES_PER_SECOND = 16_000;
/** Where a WAV file states how many bytes a second has. */
const WAV_RATE_OFFSET = 28;

/** @param base64 the file; `undefined` for one that is elsewhere */
export function imageTokens(base64: string | undefined, detail: unknown): number {
  if (detail === "low") return LOW_DETAIL_TOKENS;
  const size = base64 === undefined ? undefined : imageSize(firstBytes(base64, HEADER_BYTES));
  if (size === undefined || size.width === 0 || size.height === 0) return IMAGE_TOKENS;
  return Math.max(1, Math.ceil(Math.min(size.width * size.height, MOST_PIXELS) / PIXELS_PER_TOKEN));
}

/** By its pages, as far as the file shows them without being unpacked. */
export function pdfTokens(base64: string): number {
  const bytes = Buffer.from(base64, "base64");
  const shown = bytes.toString("latin1").match(/\/Type\s{0,3}\/Page\b/g)?.length ?? 0;
  return Math.max(1, shown > 0 ? shown : Math.ceil(bytes.length / PAGE_BYTES)) * PAGE_TOKENS;
}

export function audioTokens(base64: string): number {
  const header = firstBytes(base64, 64);
  const isWav = header.length >= WAV_RATE_OFFSET + 4 && header.toString("latin1", 0, 4) === "RIFF";
  const rate = isWav ? header.readUInt32LE(WAV_RATE_OFFSET) : COMPRESSED_BYTES_PER_SECOND;
  const seconds = bytesOf(base64) / (rate > 0 ? rate : COMPRESSED_BYTES_PER_SECOND);
  return Math.max(1, Math.ceil(seconds * TOKENS_PER_SECOND));
}

/** Bytes that a text in base64 stands for. */
export function bytesOf(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}

function firstBytes(base64: string, count: number): Buffer {
  return Buffer.from(base64.slice(0, Math.ceil(count / 3) * 4), "base64");
}
