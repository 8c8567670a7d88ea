import { isRecord } from "../../lib/is-record.ts";
import { tooDeepField } from "../outside-values/json-depth.ts";
import { parseEvent } from "../outside-values/json-texts.ts";
import { isErrorEvent } from "./error-event.ts";
import { DATA, dataEvent, EMPTY_CHOICES, largerOf, NO_USAGE, NOTHING, usageIn } from "./event-usage.ts";
import { TextFrame } from "./text-frame.ts";
import { TEXT, textBytesIn, tokensOfEvent, tokensOfText } from "./text-tokens.ts";
import type { TokenUsage } from "./usage.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);
const DONE = Buffer.from("data: [DONE]\n\n");
const CHOICES_WORD = '"choices"';
const ERROR_WORD = '"error"';
const USAGE_WORD = '"usage"';
const FINISH = /"finish_reason"\s*:\s*"/;
/** The end as a whole event: some servers put an `id:` or `event:` line beside it. */
export const DONE_EVENT = /^data:[ \t]*\[DONE\][ \t\r]*$/m;
export const MAX_DONE_BYTES = 128;
const MIN_CHUNK_BYTES = 32;
/** `data:`, a character and the blank line. Shorter events say nothing, and a million of them must cost little. */
const MIN_DATA_BYTES = 8;
/** Frames that are tried for one stream: where ids differ from event to event, none fits. */
const MAX_FRAMES = 8;
/**
 * An event longer than this is passed on in pieces as it comes, instead of being held until it is complete:
 * an engine's event is some hundred bytes, a few kilobytes with logprobs.
 */
const MAX_HELD_BYTES = 1024 * 1024;

export interface EventScannerOptions {
  /** Removes the usage event, which the client did not request. */
  readonly stripUsage: boolean;
  /**
   * Tokens of the prompt, estimated: a stream that ends without a usage gets an event of it, with `estimatedTokens`.
   * @default - the client did not request it
   */
  readonly estimatedPromptTokens?: number | undefined;
  /** Takes out the error event of the server. @default false */
  readonly stripErrors?: boolean;
  /**
   * Whether an error's data says that a filter ended the response: then it is the end of the stream, by that reason.
   * @default - every error is an error
   */
  readonly isFilter?: ((data: string) => boolean) | undefined;
  /** Corrects whole events. @default - events are passed on as they are */
  readonly repair?: EventRepair;
}

/** Corrects the events of one stream, which it gets in their order. */
export interface EventRepair {
  /**
   * Whether this event, with one character a byte, may need a correction: most need none, and no object for it. Events
   * with the same keys and without a finish reason have the same result, whatever their generated text.
   */
  mayNeed(text: string): boolean;
  /**
   * @returns what is passed on for the event, perhaps several events; the very buffer where it is sound; `undefined` where it
   * is malformed
   */
  repaired(event: Buffer): Buffer | undefined;
}

/**
 * Scans the server-sent events of one response. Events are passed on byte for byte as soon as they are complete (a
 * client can't use half an event, and never gets one if the engine dies in the middle of it). It counts tokens, finds
 * the usage and the end, removes the usage event that the client did not request, and has the others corrected where
 * there is a repair.
 */
export class EventScanner {
  /** The engine's own count, which never falls; `undefined` before its usage event. */
  usage: TokenUsage | undefined = undefined;
  /** Events that carried generated text. */
  textEvents = 0;
  /** Tokens of the generated text so far: one for an event with a short text, and by their bytes for longer ones. */
  estimatedTokens = 0;
  /** Whether `[DONE]` has come. */
  isDone = false;
  /** Whether the engine reported an error as an event. */
  hasError = false;
  /** Whether an event was malformed, which ends the stream: it is not passed on. */
  isMalformed = false;
  readonly #options: EventScannerOptions;
  #hasFinish = false;
  /** The last event with text, which may also have the finish reason. */
  #lastText = "";
  /** The last event that was looked at: one that the gateway makes has its id and its model. */
  #lastEvent = "";
  #held: Buffer = EMPTY;
  /** How much of `#held` is known to contain no end of an event. */
  #searched = 0;
  #isOversized = false;
  /** Of the last event with text that is passed on as it is. */
  #frame: TextFrame | undefined = undefined;
  #framesLeft = MAX_FRAMES;
  /** Bytes of text in an event of the frame beside the text that differs. */
  #frameTextBytes = 0;

  constructor(options: EventScannerOptions) {
    this.#options = options;
  }

  /** Whether an event had a finish reason, with which a stream without `[DONE]` ends. */
  get hasFinish(): boolean {
    return this.#hasFinish || FINISH.test(this.#lastText);
  }

  /** An error that is taken out ends the stream: some servers send `[DONE]` behind it, as if it were a good end. */
  get #isOver(): boolean {
    return this.isDone || this.isMalformed || (this.hasError && this.#options.stripErrors === true);
  }

  /** Takes the next bytes from the engine; none after the end. @returns the bytes to pass on now, possibly none */
  push(chunk: Buffer): Buffer {
    if (this.#isOver) return EMPTY;
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const passed: Buffer[] = [];
    let keepFrom = 0;
    let eventStart = 0;
    for (let end = eventEnd(data, this.#searched); end !== -1; end = eventEnd(data, end)) {
      if (this.#isOversized) this.#countOversized(end - eventStart);
      const client = this.#isOversized ? undefined : this.#inspect(data, eventStart, end);
      this.#isOversized = false;
      if (client !== undefined) {
        passed.push(data.subarray(keepFrom, eventStart), client);
        keepFrom = end;
      }
      eventStart = end;
      if (this.#isOver) return this.#lastBytes(passed, part(data, keepFrom, end));
    }
    if (data.length - eventStart > MAX_HELD_BYTES) this.#isOversized = true;
    // The last three bytes may be the beginning of a blank line.
    const heldFrom = this.#isOversized ? Math.max(eventStart, data.length - 3) : eventStart;
    if (this.#isOversized) this.#countOversized(heldFrom - eventStart);
    this.#held = part(data, heldFrom, data.length);
    this.#searched = Math.max(0, this.#held.length - 3);
    const last = part(data, keepFrom, heldFrom);
    return passed.length === 0 ? last : Buffer.concat([...passed, last]);
  }

  /** What is passed on unseen counts as text. */
  #countOversized(bytes: number): void {
    this.estimatedTokens += tokensOfText(bytes);
  }

  /** What is passed on together with the end; the bytes after it are dropped. */
  #lastBytes(passed: readonly Buffer[], last: Buffer): Buffer {
    this.#held = EMPTY;
    return passed.length === 0 ? last : Buffer.concat([...passed, last]);
  }

  /** Bytes after the last complete event: to be passed on when the engine ended properly, dropped when it died. */
  rest(): Buffer {
    return this.#held;
  }

  /**
   * Looks at a text of one byte a character, which is made once: each search in the bytes would be a call out of
   * JavaScript.
   * @returns what the client shall see in place of this event, possibly nothing; `undefined` for the event itself
   */
  #inspect(data: Buffer, start: number, end: number): Buffer | undefined {
    if (this.#isOfFrame(data, start, end)) return undefined;
    const text = data.toString("latin1", start, end);
    if (text.length < MAX_DONE_BYTES && text.includes("[DONE]")) this.isDone = DONE_EVENT.test(text);
    if (this.isDone) return this.#withEstimate(data.subarray(start, end));
    if (text.length < MIN_DATA_BYTES) return undefined;
    if (isErrorEvent(text)) {
      const event = data.toString("utf8", start, end);
      if (this.#options.isFilter?.(DATA.exec(event)?.[1] ?? "") === true) return this.#filteredEnd();
      this.hasError = true;
      return this.#options.stripErrors === true ? EMPTY : undefined;
    }
    if (text.length < MIN_CHUNK_BYTES) return undefined;
    this.#lastEvent = text;
    const { repair } = this.#options;
    const isCounted = text.includes(USAGE_WORD);
    const counted = isCounted ? usageIn(text, data.subarray(start, end), repair !== undefined) : NOTHING;
    if (counted === undefined) return this.#malformedEnd();
    const { usage, changed } = counted;
    if (!this.#isForClient(text, usage)) return EMPTY;
    if (repair === undefined || !repair.mayNeed(text)) {
      if (this.#framesLeft > 0 && usage === undefined && (!isCounted || NO_USAGE.test(text))) this.#remember(text);
      return changed;
    }
    const event = changed ?? data.subarray(start, end);
    const repaired = repair.repaired(event);
    if (repaired === undefined) return this.#malformedEnd();
    return repaired === event ? changed : repaired;
  }

  /** No client gets an event that it could not read, nor what is behind it. */
  #malformedEnd(): Buffer {
    this.isMalformed = true;
    this.hasError = true;
    return EMPTY;
  }

  /** What is passed on for the end: a usage before it, where the client requested one and none came. */
  #withEstimate(done: Buffer): Buffer | undefined {
    const prompt = this.#options.estimatedPromptTokens;
    if (prompt === undefined || this.usage !== undefined || this.hasError) return undefined;
    const completion = this.estimatedTokens;
    const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
    return Buffer.concat([this.#madeEvent({ choices: [], usage }), done]);
  }

  /** A filter has ended the response behind what the client has got. */
  #filteredEnd(): Buffer {
    this.isDone = true;
    const choice = this.#lastEvent.includes('"text_completion"') ? { text: "" } : { delta: {} };
    const choices = [{ index: 0, ...choice, logprobs: null, finish_reason: "content_filter" }];
    return Buffer.concat([this.#madeEvent({ choices }), this.#withEstimate(DONE) ?? DONE]);
  }

  /** An event with the head of the one before it. */
  #madeEvent(fields: Readonly<Record<string, unknown>>): Buffer {
    const last = parseEvent(DATA.exec(Buffer.from(this.#lastEvent, "latin1").toString("utf8"))?.[1] ?? "");
    const { id, object, created, model } = isRecord(last) && tooDeepField(last) === undefined ? last : {};
    const event = dataEvent(JSON.stringify({ id, object, created, model, ...fields }));
    return this.#options.repair?.repaired(event) ?? event;
  }

  /** Counts an event that differs from an earlier one in its text alone. */
  #isOfFrame(data: Buffer, start: number, end: number): boolean {
    if (this.#frame === undefined || end - start < MAX_DONE_BYTES || !this.#frame.fits(data, start, end)) return false;
    this.textEvents++;
    this.estimatedTokens += tokensOfEvent(this.#frameTextBytes + end - start - this.#frame.otherBytes);
    this.#lastText = "";
    this.#lastEvent = this.#frame.event;
    return true;
  }

  /** The frame of an event that is passed on, where it has generated text, and no finish reason, error or usage. */
  #remember(text: string): void {
    const found = TEXT.exec(text);
    if (found === null || text.includes(ERROR_WORD) || FINISH.test(text)) return;
    if (text.lastIndexOf(CHOICES_WORD, found.index) === -1) return;
    this.#framesLeft--;
    const frame = TextFrame.of(text, found.index + found[0].length - 1);
    this.#frame = frame;
    if (frame !== undefined) this.#frameTextBytes = textBytesIn(text) - (text.length - frame.otherBytes);
  }

  #isForClient(text: string, usage: TokenUsage | undefined): boolean {
    // With vLLM's continuous_usage_stats each event has the count so far.
    if (usage !== undefined) this.usage = largerOf(this.usage, usage);
    if (TEXT.test(text)) {
      this.textEvents++;
      this.estimatedTokens += tokensOfEvent(textBytesIn(text));
      this.#lastText = text;
      return true;
    }
    this.#hasFinish ||= FINISH.test(text);
    return usage === undefined || !(this.#options.stripUsage && EMPTY_CHOICES.test(text));
  }
}

/** Bytes from `start` to `end`: without a new object where it is all of them or none. */
function part(data: Buffer, start: number, end: number): Buffer {
  if (start === end) return EMPTY;
  return start === 0 && end === data.length ? data : data.subarray(start, end);
}

/** The index after the blank line that ends an event, or -1. */
export function eventEnd(data: Buffer, from: number): number {
  for (let at = data.indexOf(LINE_FEED, from); at !== -1; at = data.indexOf(LINE_FEED, at + 1)) {
    if (data[at + 1] === LINE_FEED) return at + 2;
    if (data[at + 1] === CARRIAGE_RETURN && data[at + 2] === LINE_FEED) return at + 3;
  }
  return -1;
}
