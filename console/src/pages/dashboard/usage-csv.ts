import { exactDollars } from "../../lib/money.ts";
import type { Grouping } from "./dashboard-search.ts";
import type { DayFigures } from "./usage-report.ts";

/** The figures of each day as CSV (RFC 4180), with amounts to the nano-dollar. @param nameOf what people call an id */
export function usageCsv(by: Grouping, days: readonly DayFigures[], nameOf: (id: string) => string): string {
  const lines = days.map(({ day, id, requests, inputTokens, outputTokens, nano }) =>
    [day, id, nameOf(id), String(requests), String(inputTokens), String(outputTokens), exactDollars(nano)].map(field),
  );
  const head = ["day_utc", by, "name", "requests", "input_tokens", "output_tokens", "charge_usd"];
  return [head, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** A name that a spreadsheet would compute gets a quote before it. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
