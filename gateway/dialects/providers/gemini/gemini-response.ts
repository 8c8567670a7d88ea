import { isRecord } from "../../../../lib/is-record.ts";
import type { WholeResponse } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { CharacterIndex } from "../../citations/character-index.ts";
import { annotationsField } from "../../citations/url-citations.ts";
import { parseJson, textOf, wholeOf } from "../../inner/json.ts";
import { callSignature, markedSignature } from "../../inner/signatures.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import {
  citationsOf,
  finishOf,
  firstCandidate,
  type GeminiPart,
  isPromptBlocked,
  logprobsOf,
  partsOf,
  usageOfMetadata,
} from "./gemini-candidate.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface GeminiHead {
  /** The model's name in the client's request. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** An id for the response or a call where the service sends none. */
  readonly newId: () => string;
}

/** A whole response as a chat completion. @throws {GatewayError} `upstream_error` when the bytes are no response */
export function chatOfGemini(bytes: Buffer, head: GeminiHead): WholeResponse {
  const response = parseJson(bytes.toString("utf8"));
  if (!isRecord(response)) throw new GatewayError("upstream_error");
  const candidate = firstCandidate(response);
  const isBlocked = candidate === undefined && isPromptBlocked(response);
  if (candidate === undefined && !isBlocked) throw new GatewayError("upstream_error");
  const parts = candidate === undefined ? [] : partsOf(candidate);
  const hasCalls = parts.some(({ kind }) => kind === "call");
  const reason = textOf(candidate?.finishReason);
  // By the API's reference, the model has not stopped where there is none.
  if (reason === undefined && !isBlocked) throw new GatewayError("upstream_error");
  const { model, created, newId } = head;
  const completion = {
    id: textOf(response.responseId) ?? `chatcmpl-${newId()}`,
    object: "chat.completion",
    created,
    model,
    choices: [
      {
        index: 0,
        message: messageOf(parts, newId, candidate ?? {}),
        logprobs: (candidate && logprobsOf(candidate)) ?? null,
        finish_reason: reason === undefined ? "content_filter" : finishOf(reason, hasCalls),
      },
    ],
    usage: usageOfMetadata(response.usageMetadata),
  };
  return wholeOf(completion);
}

function messageOf(parts: readonly GeminiPart[], newId: () => string, candidate: Fields): Fields {
  const textIn = (kind: "text" | "thought") => parts.map((part) => (part.kind === kind ? part.text : "")).join("");
  const [content, thoughts] = [textIn("text"), textIn("thought")];
  const signature = parts.find((part) => part.signature !== undefined)?.signature;
  const calls = parts.flatMap((part) => (part.kind === "call" ? [part] : []));
  const ids = new CallIds(() => `call_${newId()}`);
  return {
    role: "assistant",
    content: content === "" ? null : content,
    refusal: null,
    ...annotationsField(citationsOf(candidate, new CharacterIndex(content))),
    ...(thoughts === "" ? {} : { reasoning_content: thoughts }),
    ...(signature === undefined
      ? {}
      : {
          thinking_blocks: [{ type: "thinking", thinking: thoughts, signature: markedSignature("gemini", signature) }],
        }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: json, signature: own }, index) => ({
            id: ids.idOf(id, index),
            type: "function",
            function: { name, arguments: json },
            ...callSignature(own),
          })),
        }),
  };
}
