import { LOG_LEVELS, type LogFilter } from "../../contracts/live/log-lines.ts";
import { isoTime } from "../../lib/time/iso-time.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { limitIn, queryOf, type RequestQuery } from "../http/list-query.ts";

const LIMIT = { usual: 100, most: 200 } as const;
/** Characters of a filter: ids have less, and who looks for a text has no long one. */
const MAX_FILTER = 200;
const TEXTS = ["request", "key", "project", "model", "text"] as const;

/** Which lines a request for the log wants. @throws {GatewayError} `invalid_request` */
export function logFilterIn(target: string): LogFilter {
  const query = queryOf(target);
  const level = query.get("level") ?? undefined;
  const known = LOG_LEVELS.find((name) => name === level);
  if (level !== undefined && known === undefined) throw wrong("level", `one of ${LOG_LEVELS.join(", ")}`, level);
  const texts = TEXTS.flatMap((name) => {
    const value = query.get(name);
    if (value === null || value === "") return [];
    if (value.length > MAX_FILTER) throw wrong(name, `at most ${MAX_FILTER} characters`, value);
    return [[name, value] as const];
  });
  return {
    limit: limitIn(query, LIMIT),
    ...(known === undefined ? {} : { level: known }),
    ...Object.fromEntries(texts),
    ...timeIn(query, "since"),
    ...timeIn(query, "until"),
  };
}

function timeIn(query: RequestQuery, name: "since" | "until"): Partial<LogFilter> {
  const text = query.get(name);
  if (text === null || text === "") return {};
  const time = text.includes("T") ? isoTime(text) : Number.NaN;
  if (Number.isNaN(time)) throw wrong(name, "a time with its zone such as 2026-01-01T00:00:00Z", text);
  return { [name]: time };
}

function wrong(param: string, rule: string, value: string): GatewayError {
  const got = JSON.stringify(value.slice(0, 80));
  return new GatewayError("invalid_request", {
    message: `\`${param}\` must be ${rule}, got ${got}. Correct it in the query.`,
    param,
  });
}
