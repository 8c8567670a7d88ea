import { exactDollars } from "../../lib/money.ts";
import type { Grouping } from "./dashboard-search.ts";
import { percentilesOf, type Times } from "./latency.ts";
import type { DayFigures } from "./usage-report.ts";

/** The figures of each day as CSV (RFC 4180), with amounts to the nano-dollar. @param nameOf what people call an id @param zone of the days @default - UTC */
export function usageCsv(
  by: Grouping,
  days: readonly DayFigures[],
  nameOf: (id: string) => string,
  zone?: string,
): string {
  const lines = days.map(({ day, id, nano, ...figures }) =>
    [day, id, nameOf(id), ...countsOf(figures).map(String), exactDollars(nano), ...timesOf(figures)].map(field),
  );
  const head = [zone === undefined ? "day_utc" : `day ${zone}`, by, "name", ...COUNTS, "charge_usd", ...PERCENTILES];
  return [head, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

const COUNTS = [
  "requests",
  "failed_requests",
  "input_tokens",
  "output_tokens",
  "timed_requests",
  "duration_ms",
  "streamed_requests",
  "first_token_ms",
] as const;

/** In the order of `COUNTS`. */
function countsOf(figures: Omit<DayFigures, "day" | "id" | "nano">): readonly number[] {
  const { requests, failed, inputTokens, outputTokens, duration, firstToken } = figures;
  return [requests, failed, inputTokens, outputTokens, duration.count, duration.ms, firstToken.count, firstToken.ms];
}

/** After the other columns, so that programs that read those by their number find them where they were. */
const PERCENTILES = ["duration_ms", "first_token_ms"].flatMap((name) =>
  ["p50", "p95", "p99"].map((percentile) => `${name}_${percentile}`),
);

/** In the order of `PERCENTILES`; empty where the service has counted no times. */
function timesOf({ duration, firstToken }: Pick<DayFigures, "duration" | "firstToken">): readonly string[] {
  const texts = (times: Times) => percentilesOf(times)?.map(String) ?? ["", "", ""];
  return [...texts(duration.times), ...texts(firstToken.times)];
}

/** A name that a spreadsheet would compute gets a quote before it. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
