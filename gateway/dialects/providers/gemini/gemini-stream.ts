import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import type { FinishReason, Usage } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { StreamTranslator } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { heldBytes } from "../../../outside-values/held-bytes.ts";
import { parseEvent } from "../../../outside-values/json-texts.ts";
import { CharacterIndex } from "../../citations/character-index.ts";
import { ChatEventWriter, DONE_EVENT, errorEvent } from "../../inner/chat-events.ts";
import { textOf } from "../../inner/json.ts";
import { callSignature, markedSignature } from "../../inner/signatures.ts";
import { type SseEvent, SseReader } from "../../inner/sse-reader.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { ReportedError, type Translation, translate } from "../../inner/translate.ts";
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
import { streamError } from "./gemini-problem.ts";
import type { GeminiHead } from "./gemini-response.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A stream of `streamGenerateContent` as OpenAI's events, with the usage and `[DONE]` at its end. */
export function geminiStream(head: GeminiHead): StreamTranslator {
  return translate(new SseReader(), new GeminiTranslation(head));
}

/** Each event is a response with what has come since the last one; the stream ends with the connection. */
class GeminiTranslation implements Translation<SseEvent> {
  readonly isDone = false;
  readonly #head: GeminiHead;
  #writer: ChatEventWriter | undefined;
  readonly #ids: CallIds;
  #calls = 0;
  /** For the block that the first signature ends. */
  #thoughts = "";
  #thoughtBytes = 0;
  readonly #text = new CharacterIndex();
  #hasSignature = false;
  #finish: FinishReason | undefined;
  #usage: Usage | undefined;

  constructor(head: GeminiHead) {
    this.#head = head;
    this.#ids = new CallIds(() => `call_${head.newId()}`);
  }

  get heldBytes(): number {
    return this.#ids.heldBytes + this.#thoughtBytes + this.#text.heldBytes;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  take({ data }: SseEvent): string {
    const response = parseEvent(data);
    if (!isRecord(response)) throw new GatewayError("upstream_error");
    if (response.error !== undefined) throw new ReportedError(streamError(response.error));
    if (response.usageMetadata !== undefined) this.#usage = usageOfMetadata(response.usageMetadata);
    const candidate = firstCandidate(response);
    if (candidate === undefined)
      return isPromptBlocked(response) ? this.#start(response) + this.#stop("content_filter") : "";
    const started = this.#start(response);
    const deltas = partsOf(candidate)
      .map((part) => this.#part(part, candidate))
      .join("");
    const reason = textOf(candidate.finishReason);
    const cited = citationsOf(candidate, this.#text);
    const citations = cited.length === 0 || this.#finish !== undefined ? "" : this.#write({ annotations: cited });
    return started + deltas + citations + (reason === undefined ? "" : this.#stop(finishOf(reason, this.#calls > 0)));
  }

  /** The connection ended: the stream is complete where it has a finish reason. */
  end(): string | undefined {
    if (this.#finish === undefined || this.#writer === undefined) return undefined;
    return this.#writer.usage(this.usage) + DONE_EVENT;
  }

  fail(error: ErrorBody): string {
    return errorEvent(error);
  }

  #start(response: Fields): string {
    if (this.#writer !== undefined) return "";
    const { model, created, newId } = this.#head;
    this.#writer = new ChatEventWriter({ id: textOf(response.responseId) ?? `chatcmpl-${newId()}`, model, created });
    return this.#writer.start(this.usage);
  }

  #part(part: GeminiPart, candidate: Fields): string {
    const before = this.#signature(part);
    if (part.kind === "call") return before + this.#call(part);
    if (part.text === "") return before;
    if (part.kind === "thought") {
      this.#addThought(part.text);
      return this.#write({ reasoning_content: part.text }) + before;
    }
    const logprobs = logprobsOf(candidate);
    this.#text.push(part.text);
    return before + this.#write({ content: part.text }, logprobs === undefined ? {} : { logprobs });
  }

  #addThought(text: string): void {
    if (this.#hasSignature) return;
    this.#thoughts += text;
    this.#thoughtBytes += heldBytes(text);
  }

  /** The first signature ends the thinking: it is what the client sends back. */
  #signature({ signature }: GeminiPart): string {
    if (signature === undefined || this.#hasSignature) return "";
    this.#hasSignature = true;
    const thinking = this.#thoughts;
    this.#thoughts = "";
    this.#thoughtBytes = 0;
    return this.#write({
      thinking_blocks: [{ type: "thinking", thinking, signature: markedSignature("gemini", signature) }],
    });
  }

  #call({ id, name, arguments: json, signature }: Extract<GeminiPart, { kind: "call" }>): string {
    const index = this.#calls++;
    const call = { index, id: this.#ids.idOf(id, index), type: "function", ...callSignature(signature) };
    return this.#write({ tool_calls: [{ ...call, function: { name, arguments: json } }] });
  }

  #stop(finish: FinishReason): string {
    if (this.#finish !== undefined) return "";
    this.#finish = finish;
    return this.#writing().delta({}, finish);
  }

  #write(delta: Fields, extra: Fields = {}): string {
    return this.#writing().delta(delta, null, extra);
  }

  #writing(): ChatEventWriter {
    if (this.#writer === undefined) throw new GatewayError("upstream_error");
    return this.#writer;
  }
}
