import type { QuotaRequest } from "./quota-request.ts";
import type { TableSum } from "./table-sum.ts";

/** A draw is for some further requests as well, so that not each of them waits for the table. */
const REQUESTS_PER_DRAW = 8;
/** Or for what is used in so long, so that a table that takes some seconds for a call delays none. */
const DRAWN_AHEAD_MS = 8000;
/** Of what is left, the part that a draw ahead takes at most: blocks shrink towards the end of a quota. */
const PART_OF_REST = 1 / 32;

/**
 * What is drawn for requests to come, so that they don't wait for the table.
 * @param share part of the quota that may be held beyond the needs of requests
 * @param sum after a response of the table
 */
export function drawAhead({ amount, max }: QuotaRequest, share: number, sum: TableSum): number {
  const wanted = Math.max(REQUESTS_PER_DRAW * amount, DRAWN_AHEAD_MS * sum.usePerMs);
  const rest = (max - sum.drawn) * PART_OF_REST;
  return Math.max(0, Math.floor(Math.min(wanted, max * share, rest)));
}
