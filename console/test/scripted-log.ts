import { LOG_LEVELS, type LogLevel, type LogLine, type LogLineList } from "../../contracts/live/log-lines.ts";

const STATUSES = [200, 200, 429, 200, 503, 200, 200, 400] as const;

/** A request's line, written so many seconds after the first one. */
export function scriptedLine(seconds: number, fields: Readonly<Record<string, unknown>> = {}): LogLine {
  const status = STATUSES[seconds % STATUSES.length] ?? 200;
  return {
    id: `g-0-${seconds}`,
    gateway: "g-0",
    at: new Date(Date.UTC(2026, 10, 29, 12) + seconds * 1000).toISOString(),
    level: levelOf(status),
    message: "request",
    fields: {
      requestId: `req_${seconds}`,
      ...{ endpoint: "/v1/chat/completions", model: "m".repeat(80), keyId: "abcdefghijkl", projectId: "proj_1" },
      ...{ status, durationMs: 812 + seconds, promptTokens: 40, completionTokens: 120, ...fields },
    },
  };
}

/** A list of these lines that was read at the moment of the last one. */
export function scriptedList(lines: readonly LogLine[], more: Partial<LogLineList> = {}): LogLineList {
  const at = lines[0]?.at ?? "2026-11-29T12:00:00.000Z";
  return { object: "list", at, reach: "all-gateways", isComplete: true, hasMore: false, data: [...lines], ...more };
}

/** What gateways with these lines respond to a filter by level and request. */
export function scriptedLog(query: URLSearchParams): LogLineList {
  const lines = Array.from({ length: 12 }, (_, index) => scriptedLine(11 - index));
  const from = LOG_LEVELS.indexOf(query.get("level") as LogLevel);
  const request = query.get("request");
  const matching = lines.filter(
    ({ level, fields }) =>
      LOG_LEVELS.indexOf(level as LogLevel) >= from && (request === null || fields.requestId === request),
  );
  return scriptedList(matching);
}

function levelOf(status: number): LogLevel {
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "info";
}
