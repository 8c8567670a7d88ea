import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { StreamTranslator } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { heldBytes } from "../../../outside-values/held-bytes.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import { urlCitations } from "../../citations/url-citations.ts";
import { ChatEventWriter, DONE_EVENT, errorEvent } from "../../inner/chat-events.ts";
import { textOf } from "../../inner/json.ts";
import { calledName, writtenText } from "../../inner/provider-response.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { ReportedError, type Translation, translate } from "../../inner/translate.ts";
import { JsonText } from "../../json-mode/json-text.ts";
import {
  type ConverseHead,
  citedPages,
  converseException,
  converseFinish,
  converseStopSequence,
  converseUsage,
} from "./bedrock-response.ts";
import { type EventFrame, EventFrameReader } from "./event-frames.ts";

type Fields = Readonly<Record<string, unknown>>;

/** ConverseStream's frames as OpenAI's events, with the usage and `[DONE]` at their end. */
export function converseStream(head: ConverseHead): StreamTranslator {
  return translate(new EventFrameReader(), new ConverseTranslation(head));
}

/** Of memory: a block, beside its texts. */
const BLOCK_BYTES = 256;
/** Of memory, at most, for a byte of JSON. */
const PARSED_BYTES = 8;

interface OpenThinking {
  readonly textBefore: number;
  thinking: string;
  signature: string;
  heldBytes: number;
}

interface OpenCitations {
  /** Characters of text before the block. */
  readonly textBefore: number;
  readonly citations: unknown[];
  heldBytes: number;
}

class ConverseTranslation implements Translation<EventFrame> {
  isDone = false;
  readonly #writer: ChatEventWriter;
  readonly #ids: CallIds;
  readonly #stopSequences: readonly string[];
  readonly #json: JsonText | undefined;
  /** Tool calls by block, with their indices in OpenAI's list. */
  readonly #tools = new Map<number, { readonly index: number; hasArguments: boolean }>();
  readonly #thinking = new Map<number, OpenThinking>();
  /** Citations by block. */
  readonly #cited = new Map<number, OpenCitations>();
  /** Bytes of memory of these three. */
  #heldBytes = 0;
  /** Characters of text so far. */
  #textLength = 0;
  #hasStarted = false;
  #hasStopped = false;

  constructor(head: ConverseHead) {
    this.#writer = new ChatEventWriter(head);
    this.#ids = CallIds.of(head.id);
    this.#stopSequences = head.stopSequences;
    this.#json = head.isJson === true ? new JsonText() : undefined;
  }

  get heldBytes(): number {
    return this.#heldBytes + this.#ids.heldBytes;
  }

  take({ kind, type, payload }: EventFrame): string {
    if (kind === "exception") throw new ReportedError(converseException(type, payload));
    if (type === "messageStart") return this.#start();
    if (!this.#hasStarted) throw new GatewayError("upstream_error");
    switch (type) {
      case "contentBlockStart":
        return this.#startBlock(indexOf(payload), payload.start);
      case "contentBlockDelta":
        return this.#delta(indexOf(payload), payload.delta);
      case "contentBlockStop":
        return this.#stopBlock(indexOf(payload));
      case "messageStop":
        return this.#stop(payload);
      case "metadata":
        return this.#end(payload.usage);
      default:
        // What later versions of the API add.
        return "";
    }
  }

  fail(error: ErrorBody): string {
    return errorEvent(error);
  }

  #start(): string {
    if (this.#hasStarted) throw new GatewayError("upstream_error");
    this.#hasStarted = true;
    return this.#writer.start();
  }

  /** Only calls begin with a frame of their own; text and reasoning begin with their first delta. */
  #startBlock(block: number, start: unknown): string {
    const toolUse = isRecord(start) ? start.toolUse : undefined;
    if (!isRecord(toolUse)) return "";
    const index = this.#tools.size;
    this.#tools.set(block, { index, hasArguments: false });
    this.#heldBytes += BLOCK_BYTES;
    const called = { name: calledName(toolUse.name), arguments: "" };
    const id = this.#ids.idOf(toolUse.toolUseId, index);
    return this.#writer.delta({ tool_calls: [{ index, id, type: "function", function: called }] });
  }

  #delta(block: number, delta: unknown): string {
    if (!isRecord(delta)) throw new GatewayError("upstream_error");
    const cited = this.#cited.get(block) ?? this.#openCitations(block);
    if (delta.citation !== undefined) {
      cited.citations.push(delta.citation);
      this.#hold(cited, PARSED_BYTES * JSON.stringify(delta.citation).length);
    }
    const content = textOf(writtenText(delta.text));
    if (content !== undefined) return this.#text(this.#json?.push(content) ?? content);
    if (isRecord(delta.toolUse)) return this.#arguments(block, textOf(writtenText(delta.toolUse.input)));
    return isRecord(delta.reasoningContent) ? this.#reasoning(block, delta.reasoningContent) : "";
  }

  #openCitations(block: number): OpenCitations {
    const cited = { textBefore: this.#textLength, citations: [], heldBytes: 0 };
    this.#cited.set(block, cited);
    this.#hold(cited, BLOCK_BYTES);
    return cited;
  }

  #openThinking(block: number): OpenThinking {
    const open = { textBefore: this.#textLength, thinking: "", signature: "", heldBytes: 0 };
    this.#thinking.set(block, open);
    this.#hold(open, BLOCK_BYTES);
    return open;
  }

  #hold(open: OpenThinking | OpenCitations, bytes: number): void {
    open.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #text(content: string): string {
    if (content === "") return "";
    this.#textLength += content.length;
    return this.#writer.delta({ content });
  }

  #arguments(block: number, json: string | undefined): string {
    const tool = this.#tools.get(block);
    if (tool === undefined) throw new GatewayError("upstream_error");
    if (json === undefined) return "";
    tool.hasArguments = true;
    return this.#writer.delta({ tool_calls: [{ index: tool.index, function: { arguments: json } }] });
  }

  #reasoning(block: number, { text, signature, redactedContent }: Fields): string {
    if (typeof redactedContent === "string")
      return this.#thinkingBlock({ type: "redacted_thinking", data: redactedContent }, this.#textLength);
    const open = this.#thinking.get(block) ?? this.#openThinking(block);
    const signed = textOf(signature) ?? "";
    open.signature += signed;
    this.#hold(open, heldBytes(signed));
    const thinking = textOf(writtenText(text));
    if (thinking === undefined) return "";
    open.thinking += thinking;
    this.#hold(open, heldBytes(thinking));
    return this.#writer.delta({ reasoning_content: thinking });
  }

  #stopBlock(block: number): string {
    // A tool without parameters: no JSON came, and clients parse what they get.
    if (this.#tools.get(block)?.hasArguments === false) return this.#arguments(block, "{}");
    const open = this.#thinking.get(block);
    this.#thinking.delete(block);
    this.#heldBytes -= open?.heldBytes ?? 0;
    const cited = this.#cited.get(block);
    this.#cited.delete(block);
    this.#heldBytes -= cited?.heldBytes ?? 0;
    if (open === undefined) return this.#cite(cited);
    const { textBefore, thinking, signature } = open;
    return this.#thinkingBlock({ type: "thinking", thinking, signature }, textBefore);
  }

  /** The text that a model was instructed to write as JSON may have lost its first characters. */
  #cite(cited: OpenCitations | undefined): string {
    if (cited === undefined || this.#json !== undefined) return "";
    const annotations = urlCitations(citedPages(cited.citations, cited.textBefore, this.#textLength));
    return annotations.length === 0 ? "" : this.#writer.delta({ annotations });
  }

  #stop(payload: Fields): string {
    this.#hasStopped = true;
    const finish = converseFinish(payload.stopReason, this.#tools.size > 0);
    const last = this.#text(this.#json?.end() ?? "");
    return last + this.#writer.delta({}, finish, converseStopSequence(payload, this.#stopSequences));
  }

  #thinkingBlock(block: Fields, textBefore: number): string {
    return this.#writer.delta({ thinking_blocks: [withTextBefore(block, textBefore)] });
  }

  #end(usage: unknown): string {
    if (!this.#hasStopped) throw new GatewayError("upstream_error");
    this.isDone = true;
    return this.#writer.usage(converseUsage(usage)) + DONE_EVENT;
  }
}

function indexOf(payload: Fields): number {
  const index = countOf(payload.contentBlockIndex);
  if (index === undefined) throw new GatewayError("upstream_error");
  return index;
}
