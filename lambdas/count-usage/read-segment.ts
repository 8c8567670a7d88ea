import { gunzipSync } from "node:zlib";
import { StoredUsageEvent, type UsageEvent } from "../../contracts/usage/usage-event.ts";
import { parseJson } from "../../lib/parse-json.ts";

export interface ReadSegment {
  readonly events: readonly UsageEvent[];
  /** Lines that are no usage events. */
  readonly unreadable: number;
}

/** A segment is 1 MiB; far more is none of ours. */
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

/**
 * The events of a segment, those of newer releases too.
 * @param isWanted of a line, before it is read @default - all are
 * @throws when the bytes are not compressed, or far too many
 */
export function readSegment(bytes: Uint8Array, isWanted: (line: string) => boolean = () => true): ReadSegment {
  const lines = gunzipSync(bytes, { maxOutputLength: MAX_SEGMENT_BYTES }).toString("utf8").split("\n");
  const read = lines
    .filter((line) => line !== "" && isWanted(line))
    .map((line) => StoredUsageEvent.safeParse(parseJson(line)).data);
  const events = read.filter((event) => event !== undefined);
  return { events, unreadable: read.length - events.length };
}
