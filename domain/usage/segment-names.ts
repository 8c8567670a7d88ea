import { USAGE_SEGMENTS_PREFIX } from "../../contracts/usage/usage-counter.ts";

const NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})\d{3}Z-/;

/** Key of the object with a segment: the same whenever it is shipped. */
export function segmentKey(id: string): string {
  const [, year, month, day, hour] = NAME.exec(id) ?? [];
  return `${USAGE_SEGMENTS_PREFIX}date=${year}-${month}-${day}/hour=${hour}/${id}.ndjson.gz`;
}

/** Name of the segment in a file, one of its kind. */
export function segmentOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\.ndjson\.gz$/, "");
}

/** When a segment began, in Unix seconds. @returns undefined for another name */
export function segmentBegan(id: string): number | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(id) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Name of a segment. @param at Unix milliseconds of its beginning @param writer one of its kind */
export function segmentName(at: number, writer: string, count: number): string {
  const time = new Date(at).toISOString().replaceAll(/[-:.]/g, "");
  return `${time}-${writer}-${String(count).padStart(6, "0")}`;
}

/** Begin of the keys of the segments that began in the hour of a time. @param seconds Unix time */
export function hourPrefix(seconds: number): string {
  const [day, hour] = [new Date(seconds * 1000).toISOString().slice(0, 10), new Date(seconds * 1000).getUTCHours()];
  return `${USAGE_SEGMENTS_PREFIX}date=${day}/hour=${String(hour).padStart(2, "0")}/`;
}
