import { isRecord } from "../../../lib/is-record.ts";
import type { Block, Media } from "./blocks.ts";
import { markOf } from "./cache-marks.ts";
import { itemsOf, textOf } from "./json.ts";
import { originOf } from "./origins.ts";
import { kindOf, refuse } from "./refuse.ts";

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,([A-Za-z0-9+/=\s]*)$/;

/** The content of one message: a text, or an array of parts. @throws {GatewayError} for a part that is not supported */
export function readParts(content: unknown, param: string): readonly Block[] {
  if (typeof content === "string") return text(content, undefined);
  return itemsOf(content).flatMap((part, index) => readPart(part, `${param}[${index}]`));
}

function readPart(part: unknown, param: string): readonly Block[] {
  if (!isRecord(part)) throw refuse(param, `\`${param}\` must be an object; send a content part.`);
  switch (part.type) {
    case "text":
      return text(part.text, markOf(part));
    case "refusal":
      return text(part.refusal, undefined);
    case "image_url": {
      const image = isRecord(part.image_url) ? part.image_url.url : part.image_url;
      const urlParam = originOf(part) ?? `${param}.image_url.url`;
      return [{ kind: "image", media: readMedia(image, urlParam), param: urlParam, cacheControl: markOf(part) }];
    }
    case "input_audio": {
      const audio = isRecord(part.input_audio) ? part.input_audio : {};
      return [{ kind: "audio", media: readAudio(audio), param, cacheControl: markOf(part) }];
    }
    case "file":
      return [{ ...readFile(part, originOf(part) ?? `${param}.file.file_data`), cacheControl: markOf(part) }];
    default:
      throw refuse(
        `${param}.type`,
        `\`${param}.type\` ${kindOf(part.type, "of this kind")} is not taken by this model.`,
      );
  }
}

function text(value: unknown, cacheControl: unknown): readonly Block[] {
  const text = textOf(value);
  return text === undefined ? [] : [{ kind: "text", text, cacheControl }];
}

function readFile(
  part: Readonly<Record<string, unknown>>,
  param: string,
): Omit<Extract<Block, { kind: "document" }>, "cacheControl"> {
  const file = isRecord(part.file) ? part.file : {};
  const data = textOf(file.file_data);
  if (data === undefined) throw refuse(param, `\`${param}\` is required here; send the file as a data URL.`);
  return { kind: "document", media: readMedia(data, param), name: textOf(file.filename), param };
}

/** OpenAI's audio is base64 beside its format; which formats there are is the target's business. */
function readAudio({ data, format }: Readonly<Record<string, unknown>>): Media {
  const kind = textOf(format) ?? "wav";
  return { kind: "base64", mediaType: kind === "mp3" ? "audio/mpeg" : `audio/${kind}`, data: textOf(data) ?? "" };
}

function readMedia(value: unknown, param: string): Media {
  const url = textOf(value) ?? "";
  if (/^https?:\/\//i.test(url)) return { kind: "url", url };
  const [, mediaType, data] = DATA_URL.exec(url) ?? [];
  if (mediaType === undefined || data === undefined)
    throw refuse(param, `\`${param}\` must be an http(s) URL or a base64 data URL with its media type.`);
  return { kind: "base64", mediaType: mediaType.toLowerCase(), data };
}
