import { isRecord } from "../../../lib/is-record.ts";
import type { StreamTranslator, UpstreamProblem } from "../../core/dialect.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { ChunkForm } from "../../dialects/providers/openai/chunk-forms.ts";
import { isMalformedEvent } from "../../dialects/providers/openai/stream-repair.ts";
import { refusalError } from "../../dialects/refusals/refusals.ts";
import { parseEvent } from "../../outside-values/json-texts.ts";
import { choiceFailed, isErrorEvent } from "../../relay/error-event.ts";
import { DONE_EVENT, eventEnd } from "../../relay/event-scanner.ts";
import { DATA } from "../../relay/event-usage.ts";
import { hasPart } from "./response-part.ts";
import { MAX_HELD_BYTES, type StreamBeginning } from "./stream-beginning.ts";

/** What an event can begin with. */
const FIELDS = ["data:", "event:", "id:", "retry:", ":"];
const CHOICE = /"choices"\s*:\s*\[\s*\{/;
/** An event shorter than this has no data. */
const MIN_DATA_BYTES = 8;

/**
 * The beginning of a stream of OpenAI's dialect: a provider's first event with a part of the response, and an engine's first
 * one with a choice. Comments before it are left out.
 */
export class ChatBeginning implements StreamBeginning {
  readonly #lines: StreamTranslator;
  readonly #problemOf: ((body: string) => UpstreamProblem) | undefined;
  readonly #form: ChunkForm | undefined;
  /** Events without a choice, e.g. Azure's about the prompt. */
  readonly #events: Buffer[] = [];
  #eventBytes = 0;
  /** What has come of the next event. */
  #rest: Buffer = Buffer.alloc(0);
  #searched = 0;
  #isOfForm = false;
  #hasStart = false;

  /**
   * @param lines brings the stream's lines into their form
   * @param problemOf reads an error. @default - errors are for the client, and begin the stream
   * @param form of the choices that the client reads. @default - either
   */
  constructor(lines: StreamTranslator, problemOf?: (body: string) => UpstreamProblem, form?: ChunkForm) {
    this.#lines = lines;
    this.#problemOf = problemOf;
    this.#form = form;
  }

  push(chunk: Buffer): Buffer | undefined {
    const bytes = this.#lines.push(chunk);
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let start = 0;
    for (let end = eventEnd(data, this.#searched); end !== -1; end = eventEnd(data, end)) {
      const isEmpty = end - start < MIN_DATA_BYTES || isComment(data, start, end);
      if (!isEmpty && this.#isBeginning(data.subarray(start, end)))
        return Buffer.concat([...this.#events, data.subarray(start)]);
      start = end;
    }
    this.#rest = data.subarray(start);
    // The last bytes may be the beginning of a blank line.
    this.#searched = Math.max(0, this.#rest.length - 3);
    const next = startOf(this.#rest);
    this.#checkForm(next);
    if (this.#eventBytes > MAX_HELD_BYTES) {
      if (this.#hasStart) return this.start();
      throw new UpstreamFailure("malformed");
    }
    if (this.#rest.length <= MAX_HELD_BYTES) return undefined;
    if (next.startsWith(":")) throw new UpstreamFailure("malformed");
    return Buffer.concat([...this.#events, this.#rest]);
  }

  get heldBytes(): number {
    return this.#eventBytes + this.#rest.length;
  }

  start(): Buffer | undefined {
    return this.#hasStart ? Buffer.concat([...this.#events, this.#rest]) : undefined;
  }

  end(): Buffer {
    const text = this.#rest.toString("latin1");
    if (DONE_EVENT.test(text)) throw new UpstreamFailure("malformed");
    // An event that is cut off is no JSON, which is no error of the server's.
    const event = this.#rest.toString("utf8");
    if (parseEvent(DATA.exec(event)?.[1] ?? "") !== undefined && isErrorEvent(text)) this.#refuse(event);
    throw new UpstreamFailure("died");
  }

  #isBeginning(event: Buffer): boolean {
    const text = event.toString("latin1");
    this.#checkForm(startOf(event));
    this.#isOfForm = true;
    if (!DATA.test(text)) return false;
    if (DONE_EVENT.test(text)) {
      if (this.#hasStart) return true;
      throw new UpstreamFailure("malformed");
    }
    if (isErrorEvent(text)) {
      this.#refuse(event.toString("utf8"));
      return true;
    }
    if (isMalformedEvent(event, text, this.#form)) throw new UpstreamFailure("malformed");
    if (CHOICE.test(text)) {
      if (this.#problemOf === undefined || hasPart(text)) return true;
      this.#hasStart = true;
    }
    this.#events.push(event);
    this.#eventBytes += event.length;
    return false;
  }

  /** A provider that responds in another dialect, or with a page of HTML, has failed. */
  #checkForm(start: string): void {
    if (this.#isOfForm || this.#problemOf === undefined) return;
    const isCut = (field: string) => start.length < field.length && field.startsWith(start);
    if (!FIELDS.some((field) => start.startsWith(field) || isCut(field))) throw new UpstreamFailure("malformed");
  }

  /** A provider that failed after its 200 sends an error as its first event. */
  #refuse(event: string): void {
    if (this.#problemOf === undefined) return;
    const data = DATA.exec(event)?.[1] ?? "";
    const { message, code } = this.#problemOf(data);
    if (code === "content_filter" || code === "context_length_exceeded") throw refusalError(code, message);
    throw hasFailedChoice(data) ? UpstreamFailure.unusableOutput("failed") : new UpstreamFailure("failed");
  }
}

/** Whether a choice of an event failed, and not the server that sent it. */
function hasFailedChoice(data: string): boolean {
  const event = parseEvent(data);
  if (!isRecord(event) || (event.error ?? null) !== null) return false;
  return Array.isArray(event.choices) && event.choices.some(choiceFailed);
}

const COLON = 0x3a;
const LINE_FEED = 0x0a;

/** Whether an event is one line of a comment. No text is made of it: an upstream may send tens of thousands in one read. */
function isComment(data: Buffer, start: number, end: number): boolean {
  return data[start] === COLON && data.indexOf(LINE_FEED, start) >= end - 3;
}

const LOOK_AT_BYTES = 256;

function startOf(event: Buffer): string {
  return event.toString("latin1", 0, Math.min(event.length, LOOK_AT_BYTES)).trimStart();
}
