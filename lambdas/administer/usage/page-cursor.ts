import { createHash } from "node:crypto";
import { shownValue } from "../../../domain/issue-rules.ts";
import { ControlError } from "../call/control-error.ts";
import type { RequestedUsage } from "./requested-usage.ts";

const DIGEST_CHARACTERS = 12;

/** The buckets that a request is about, however many it takes at once. */
type Requested = Omit<RequestedUsage, "page" | "limit">;

/** The cursor of the page that begins with a bucket. It has a digest of the request, as the next page has the same groups and filters. */
export function usageCursor(start: number, requested: Requested): string {
  return `page_${start}_${digestOf(start, requested)}`;
}

/** @returns Unix seconds of the page's first bucket @throws {ControlError} for the cursor of another request */
export function cursorStart(page: string, requested: Requested): number {
  const [, start = ""] = page.split("_");
  if (page === usageCursor(Number(start), requested)) return Number(start);
  throw new ControlError(
    "invalid_request",
    `\`page\` must be the \`next_page\` of a page with the same times, bucket_width, groups and filters, got ${shownValue(page)}; ` +
      "send all that the request of that page had, or leave `page` out to begin anew.",
    { param: "page" },
  );
}

function digestOf(start: number, requested: Requested): string {
  const { width, startTime, endTime, groupBy, hasLatency, resultsPerGroup, filters, lineItems, withCost } = requested;
  // In one order, whatever order the query has.
  const values = Object.entries({ ...filters, lineItems }).flatMap(([name, some]) =>
    some ? [[name, some.toSorted()]] : [],
  );
  const all = [start, width, startTime, endTime, groupBy.toSorted(), hasLatency, resultsPerGroup, withCost];
  const text = JSON.stringify([all, values.toSorted()]);
  return createHash("sha256").update(text).digest("hex").slice(0, DIGEST_CHARACTERS);
}
