import { streamedText } from "../../../../lib/chat-text.ts";
import { parseJson } from "../../../../lib/parse-json.ts";
import { SseParser } from "../../../../ui/stream/sse.ts";

/** One write of a response. */
export interface Step {
  /** Milliseconds since the request arrived. */
  readonly atMs: number;
  /** Of the response's bytes, the end of this write. */
  readonly end: number;
  /** How much of the text had been sent with it. */
  readonly textEnd: number;
}

/** A response as it was sent, to be played. */
export interface Recording {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly steps: readonly Step[];
  readonly durationMs: number;
}

interface RecordedResponse {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each write: milliseconds since the request arrived, and bytes. */
  readonly chunks: readonly (readonly [number, number])[];
  readonly isStream: boolean;
  /** Shown of a response that is no stream. */
  readonly wholeText: string;
}

/** Reads the events of a response once, so that its state at any time is found without reading it again. */
export function recordingOf({ bytes, chunks, isStream, wholeText }: RecordedResponse): Recording {
  const parser = new SseParser();
  const steps: Step[] = [];
  let text = "";
  let end = 0;
  for (const [index, [atMs, size]] of chunks.entries()) {
    const start = end;
    end = Math.min(start + size, bytes.length);
    if (isStream) {
      const events = parser.push(bytes.subarray(start, end));
      const last = index === chunks.length - 1 ? parser.end() : [];
      for (const { data } of [...events, ...last]) text += streamedText(parseJson(data));
    } else if (index === chunks.length - 1) text = wholeText;
    steps.push({ atMs, end, textEnd: text.length });
  }
  return { bytes, text, steps, durationMs: steps.at(-1)?.atMs ?? 0 };
}

/** How many writes had been made at that time. */
export function stepsAt({ steps }: Recording, atMs: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The text that had been sent with so many writes. */
export function textAfter({ text, steps }: Recording, count: number): string {
  return text.slice(0, steps[count - 1]?.textEnd ?? 0);
}

/** The bytes of the last of so many writes, as text. */
export function writeAt({ bytes, steps }: Recording, count: number): string {
  const step = steps[count - 1];
  if (step === undefined) return "";
  return new TextDecoder().decode(bytes.subarray(steps[count - 2]?.end ?? 0, step.end));
}

/** The time of the next write of any of the recordings, or of the one before; the same time where there is none. */
export function neighbour(recordings: readonly Recording[], atMs: number, direction: 1 | -1): number {
  let best: number | undefined;
  for (const { steps } of recordings)
    for (const { atMs: time } of steps) {
      const isThere = direction === 1 ? time > atMs : time < atMs;
      const isNearer = best === undefined || (direction === 1 ? time < best : time > best);
      if (isThere && isNearer) best = time;
    }
  return best ?? (direction === 1 ? atMs : 0);
}
