import { isRecord } from "../../../../lib/is-record.ts";
import { JsonTexts } from "../../../outside-values/json-texts.ts";
import type { Block, Media } from "../../inner/blocks.ts";
import type { Conversation, Turn } from "../../inner/conversation.ts";
import { textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { signatureBy } from "../../inner/signatures.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Media types by a URL's ending: the service wants one beside an address. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  pdf: "application/pdf",
  png: "image/png",
  webp: "image/webp",
};

/** Where the service has the files of its account: the gateway's key would reach another tenant's. */
const FILES_HOST = /(?:^|\.)generativelanguage\.googleapis\.com\.?$/;

export interface ContentOptions {
  /** Stands for the signature of a call that another model made; the newest models refuse a call without one. */
  readonly missingSignature: string | undefined;
}

/** Turns as `contents`. @throws {GatewayError} `invalid_request` naming what can't be expressed */
export function geminiContents({ turns }: Conversation, options: ContentOptions): readonly Fields[] {
  const results = { names: toolNames(turns), texts: new JsonTexts() };
  return turns.map(({ role, blocks }) =>
    role === "assistant"
      ? { role: "model", parts: modelParts(blocks, options) }
      : { role: "user", parts: blocks.flatMap((block) => userParts(block, results)) },
  );
}

/** What is known of the conversation's tools where their results are read. */
interface Results {
  /** Function names by the id of their call. */
  readonly names: ReadonlyMap<string, string>;
  readonly texts: JsonTexts;
}

/** Function names by the id of their call: a result names the function, which OpenAI's tool messages do not. */
function toolNames(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const calls = turns.flatMap(({ blocks }) => blocks.filter((block) => block.kind === "tool-call"));
  return new Map(calls.map(({ id, name }) => [id, name]));
}

/**
 * A model's turn. Its thinking comes back as the signature of the first call, or of the last text where there is no call:
 * that is where the service put it.
 */
function modelParts(blocks: readonly Block[], { missingSignature }: ContentOptions): readonly Fields[] {
  const thinking = blocks.flatMap((block) => (block.kind === "thinking" ? [signatureBy("gemini", block.block)] : []));
  let signature = thinking.findLast((one) => one !== undefined);
  let hasCall = false;
  const parts = blocks.flatMap((block): readonly Fields[] => {
    if (block.kind === "thinking") return [];
    if (block.kind !== "tool-call") return userParts(block, { names: new Map(), texts: new JsonTexts() });
    const own = block.signature ?? (hasCall ? undefined : (signature ?? missingSignature));
    signature = hasCall ? signature : undefined;
    hasCall = true;
    const { id, name, input: args } = block;
    return [{ functionCall: { id, name, args }, ...(own === undefined ? {} : { thoughtSignature: own }) }];
  });
  const last = parts.at(-1);
  if (hasCall || signature === undefined || last === undefined) return parts;
  return [...parts.slice(0, -1), { ...last, thoughtSignature: signature }];
}

function userParts(block: Block, results: Results): readonly Fields[] {
  switch (block.kind) {
    case "text":
      return [{ text: block.text }];
    case "image":
    case "audio":
    case "document":
      return [mediaPart(block.media, block.param)];
    case "tool-result":
      return toolResult(block, results);
    case "thinking":
    case "tool-call":
      return [];
  }
}

function mediaPart(media: Media, param: string): Fields {
  if (media.kind === "base64" && media.data === "") throw refuse(param, `\`${param}\` has no data; send it in base64.`);
  if (media.kind === "base64") return { inlineData: { mimeType: media.mediaType, data: media.data } };
  if (FILES_HOST.test(URL.parse(media.url)?.hostname ?? ""))
    throw refuse(
      param,
      `\`${param}\` names a file in the account at the provider, which is no tenant's; send the file itself as a data URL.`,
    );
  const ending = /\.([a-z]+)(?:[?#]|$)/i.exec(media.url)?.[1]?.toLowerCase() ?? "";
  const mimeType = Object.hasOwn(MEDIA_TYPES, ending) ? MEDIA_TYPES[ending] : undefined;
  if (mimeType === undefined)
    throw refuse(
      param,
      `\`${param}\` must end in one of ${Object.keys(MEDIA_TYPES).join(", ")} for this model; send a data URL instead.`,
    );
  return { fileData: { mimeType, fileUri: media.url } };
}

/** A result is an object; images and documents of it follow as parts of their own. */
function toolResult(
  { id, content, param }: Extract<Block, { kind: "tool-result" }>,
  results: Results,
): readonly Fields[] {
  const name = results.names.get(id);
  if (name === undefined)
    throw refuse(param, `\`${param}\` names no call of the conversation; send the assistant's call before its result.`);
  const text = content.map((block) => (block.kind === "text" ? block.text : "")).join("");
  const parsed = results.texts.parse(text);
  const response = isRecord(parsed) ? parsed : { result: textOf(text) ?? "" };
  const others = content.filter(({ kind }) => kind !== "text");
  return [{ functionResponse: { id, name, response } }, ...others.flatMap((block) => userParts(block, results))];
}
