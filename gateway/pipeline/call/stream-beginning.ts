import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { StreamFailure, StreamTranslator, UpstreamProblem } from "../../core/dialect.ts";
import type { GatewayError } from "../../core/gateway-error.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { ChunkForm } from "../../dialects/providers/openai/chunk-forms.ts";
import { isMalformedEvent } from "../../dialects/providers/openai/stream-repair.ts";
import { refusalError } from "../../dialects/refusals/refusals.ts";
import type { UpstreamBody } from "../../http/upstream-body.ts";
import { choiceFailed, isErrorEvent } from "../../relay/error-event.ts";
import { eventEnd } from "../../relay/event-scanner.ts";
import type { StreamMemory } from "../../shares/stream-memory.ts";
import { connectionFailure } from "./classify-failure.ts";

/**
 * Looks for the first event of a stream with a part of the response. Until then the client has got nothing, so that
 * another target can be called: comments, pings and events without a choice are no beginning.
 */
export interface StreamBeginning {
  /**
   * @returns the stream in OpenAI's dialect, as far as it has come, once it has begun
   * @throws {UpstreamFailure} when it is none @throws {GatewayError} for an error that refuses the prompt
   */
  push(bytes: Buffer): Buffer | undefined;
  /** What has come, once that is the stream's start: the role, and no part of the response yet. */
  start(): Buffer | undefined;
  /** Bytes of memory that it holds of what has come. */
  readonly heldBytes: number;
  /**
   * The stream has ended before that. @returns the whole of it, where its last event came without its end
   * @throws {UpstreamFailure} for every other end @throws {GatewayError} as `push` does
   */
  end(): Buffer;
}

/**
 * Milliseconds for which a stream's start is held back, so that a server that fails right behind it is not seen. Models that
 * think before they write send their start long before: clients get that then.
 */
const HOLD_START_MS = 1000;

/**
 * Reads to the beginning, or to the end of the time for which a start is held back.
 * @param memory of all streams, of which what has come before the beginning takes its part
 * @param onStart called once, when the start has come: the server works on the response
 * @throws {UpstreamFailure} when the stream ends or breaks off before, and as `push` does
 */
export async function readBeginning(
  body: UpstreamBody,
  beginning: StreamBeginning,
  memory: StreamMemory | undefined,
  onStart: () => void = () => undefined,
): Promise<Buffer> {
  let hold: StartHold | undefined;
  // Ends the call, so that what is waited for rejects.
  const held = memory?.open(() => body.close());
  try {
    for (;;) {
      const start = beginning.start();
      if (start !== undefined && hold === undefined) {
        hold = new StartHold();
        onStart();
      }
      if (start !== undefined && (await hold?.isOver(body)) === true) return start;
      const begun = await readNext(body, beginning);
      if (begun !== undefined) return begun;
      held?.set(beginning.heldBytes);
      if (body.isClosed) throw new UpstreamFailure("malformed");
    }
  } finally {
    hold?.end();
    held?.end();
  }
}

/** The time for which a start is held back. */
class StartHold {
  readonly #over = Promise.withResolvers<true>();
  readonly #timer = setTimeout(() => this.#over.resolve(true), HOLD_START_MS);

  /** Resolves with `true` when it is over before the next bytes are there, which stay in the body. */
  isOver(body: UpstreamBody): Promise<boolean> {
    const isNext = () => false;
    return Promise.race([this.#over.promise, body.first().then(isNext, isNext)]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function readNext(body: UpstreamBody, beginning: StreamBeginning): Promise<Buffer | undefined> {
  const bytes = await body.next().catch((error: unknown) => {
    throw connectionFailure(error);
  });
  return bytes === undefined ? beginning.end() : beginning.push(bytes);
}

/** The beginning of a stream of another dialect: the first event that its translator writes with a part of the response. */
export class TranslatedBeginning implements StreamBeginning {
  readonly #translator: StreamTranslator;
  #start: Buffer = EMPTY;

  constructor(translator: StreamTranslator) {
    this.#translator = translator;
  }

  push(bytes: Buffer): Buffer | undefined {
    return this.#take(this.#translator.push(bytes));
  }

  #take(events: Buffer): Buffer | undefined {
    const { failure } = this.#translator;
    // A part of the response before the error is a beginning; the error is the last event.
    const end = failure === undefined ? events.length : events.lastIndexOf("\n\n", events.length - 3) + 2;
    const hasBegun = hasPart(events.toString("latin1", 0, Math.max(0, end)));
    if (!hasBegun && failure !== undefined) throw failureBefore(failure);
    const all = this.#start.length === 0 ? events : Buffer.concat([this.#start, events]);
    if (hasBegun || all.length > MAX_HELD_BYTES) return all;
    this.#start = all;
    return undefined;
  }

  get heldBytes(): number {
    return this.#start.length + (this.#translator.heldBytes ?? 0);
  }

  start(): Buffer | undefined {
    return this.#start.length === 0 ? undefined : this.#start;
  }

  end(): Buffer {
    const all = this.#take(this.#translator.end());
    if (all === undefined || this.#translator.failure !== undefined) throw new UpstreamFailure("died");
    return all;
  }
}

/** What a client can mend is its error, as in a whole response; the next target is called for the remaining failures. */
function failureBefore({ kind, error }: StreamFailure): UpstreamFailure | GatewayError {
  if (kind === "unusable") return UpstreamFailure.unusableOutput();
  if (kind !== "reported") return new UpstreamFailure(kind === "malformed" ? "malformed" : "died");
  if (error.code === "overloaded") return new UpstreamFailure("busy");
  return error.status < 500 ? error : new UpstreamFailure("failed");
}

/** What an event can begin with. */
const FIELDS = ["data:", "event:", "id:", "retry:", ":"];
const DATA_LINES = /^data: ?(.*)$/gm;
const DATA = /^data: ?(.*)$/m;
const DONE = /^data:[ \t]*\[DONE\][ \t\r]*$/m;
const CHOICE = /"choices"\s*:\s*\[\s*\{/;
/** An event shorter than this has no data. */
const MIN_DATA_BYTES = 8;
const EMPTY = Buffer.alloc(0);
/** Generated text in an event, which is a part of the response without a further look. */
const TEXT = /"(?:content|text|reasoning_content|reasoning|arguments)": *"[^"]/;
/** An event without its end that is longer than this is passed on as it comes; events without a choice are no more in all. */
const MAX_HELD_BYTES = 65_536;

/** Whether one of these events has a part of the response: more than the role, and values that are empty. */
function hasPart(events: string): boolean {
  if (events === "") return false;
  if (TEXT.test(events)) return true;
  return [...events.matchAll(DATA_LINES)].some(([, data = ""]) => {
    if (data.startsWith("[DONE]")) return true;
    const event = parseJson(data);
    return !isRecord(event) || (Array.isArray(event.choices) && event.choices.some(isPart));
  });
}

/** @returns `true` for a choice of another form: what it is, its reader decides */
function isPart(choice: unknown): boolean {
  if (!isRecord(choice) || (choice.finish_reason ?? null) !== null) return true;
  const { delta, text } = choice;
  if (delta === undefined) return text !== "";
  return !isRecord(delta) || Object.entries(delta).some(([key, value]) => key !== "role" && !isNothing(value));
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

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
    if (DONE.test(text)) throw new UpstreamFailure("malformed");
    // An event that is cut off is no JSON, which is no error of the server's.
    const event = this.#rest.toString("utf8");
    if (parseJson(DATA.exec(event)?.[1] ?? "") !== undefined && isErrorEvent(text)) this.#refuse(event);
    throw new UpstreamFailure("died");
  }

  #isBeginning(event: Buffer): boolean {
    const text = event.toString("latin1");
    this.#checkForm(startOf(event));
    this.#isOfForm = true;
    if (!DATA.test(text)) return false;
    if (DONE.test(text)) {
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
  const event = parseJson(data);
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
