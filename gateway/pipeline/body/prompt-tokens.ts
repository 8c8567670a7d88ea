import { leastTokens } from "../../../domain/tokens/least-tokens.ts";
import { audioTokens, bytesOf, imageTokens, pdfTokens } from "../../../domain/tokens/media-tokens.ts";
import { estimateTokens } from "../../../domain/tokens/token-estimate.ts";
import { isRecord } from "../../../lib/is-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A file within a body. */
interface Medium {
  /** Characters that it takes in the body. */
  readonly characters: number;
  readonly tokens: number;
}

const NO_MEDIA: readonly Medium[] = [];
const BASE64_MARK = ";base64,";

/**
 * Tokens of a prompt, estimated without a tokenizer. Images count by their pixels, documents by their pages, sound by
 * its seconds, and the rest of the body by its bytes: there is little in it but prompt.
 * @param fields a body of OpenAI's dialect @param sizeBytes of it
 */
export function estimatePromptTokens(fields: Fields, sizeBytes: number): number {
  let mediaBytes = 0;
  let mediaTokens = 0;
  for (const { characters, tokens } of mediaIn(fields.messages)) {
    mediaBytes += characters;
    mediaTokens += tokens;
  }
  return estimateTokens(Math.max(0, sizeBytes - mediaBytes)) + mediaTokens;
}

/** Characters that are looked at: a few milliseconds' work. Those behind them only make a prompt longer. */
const MAX_CHARACTERS = 1_500_000;

/**
 * Tokens that the longest prompt of a request has at the very least. Texts of a list are prompts of their own.
 * @param enough stops counting there
 */
export function leastPromptTokens({ messages, prompt, input, tools }: Fields, enough: number): number {
  let charactersLeft = MAX_CHARACTERS;

  /** Of all texts in a value; files in base64 are none. The depth of a body was bounded when it was read. */
  function leastIn(value: unknown, missing: number): number {
    if (typeof value === "string") {
      if (isFile(value)) return 0;
      const text = value.slice(0, charactersLeft);
      charactersLeft -= text.length;
      return leastTokens(text, missing);
    }
    if (typeof value !== "object" || value === null) return 0;
    let tokens = 0;
    for (const [name, inner] of Object.entries(value)) {
      if (name === "input_audio") continue;
      tokens += leastIn(inner, missing - tokens);
      if (tokens >= missing || charactersLeft <= 0) break;
    }
    return tokens;
  }

  function longest(list: unknown): number {
    if (!Array.isArray(list)) return leastIn(list, enough);
    // Ids of tokens count themselves.
    if (typeof list[0] === "number") return list.length;
    let most = 0;
    for (const item of list) {
      most = Math.max(most, Array.isArray(item) ? item.length : leastIn(item, enough));
      if (most >= enough || charactersLeft <= 0) break;
    }
    return most;
  }

  return Math.max(longest(prompt), longest(input), leastIn([messages, tools], enough));
}

function mediaIn(messages: unknown): readonly Medium[] {
  if (!Array.isArray(messages)) return NO_MEDIA;
  let media: Medium[] | undefined;
  for (const message of messages) {
    if (!isRecord(message) || !Array.isArray(message.content)) continue;
    for (const part of message.content) {
      const medium = isRecord(part) ? mediumOf(part) : undefined;
      if (medium === undefined) continue;
      media ??= [];
      media.push(medium);
    }
  }
  return media ?? NO_MEDIA;
}

function mediumOf({ type, image_url: image, input_audio: audio, file }: Fields): Medium | undefined {
  switch (type) {
    case "image_url": {
      const url = isRecord(image) ? image.url : image;
      const text = typeof url === "string" ? url : "";
      return {
        characters: text.length,
        tokens: imageTokens(base64In(text), isRecord(image) ? image.detail : undefined),
      };
    }
    case "input_audio": {
      const data = isRecord(audio) && typeof audio.data === "string" ? audio.data : "";
      return { characters: data.length, tokens: audioTokens(data) };
    }
    case "file": {
      const data = isRecord(file) && typeof file.file_data === "string" ? file.file_data : "";
      return { characters: data.length, tokens: fileTokens(data) };
    }
    default:
      return undefined;
  }
}

function fileTokens(data: string): number {
  const base64 = base64In(data);
  if (base64 === undefined) return 0;
  return data.startsWith("data:text/") ? estimateTokens(bytesOf(base64)) : pdfTokens(base64);
}

function isFile(text: string): boolean {
  return text.startsWith("data:") && base64In(text) !== undefined;
}

function base64In(url: string): string | undefined {
  const at = url.slice(0, 200).indexOf(BASE64_MARK);
  return at === -1 ? undefined : url.slice(at + BASE64_MARK.length);
}
