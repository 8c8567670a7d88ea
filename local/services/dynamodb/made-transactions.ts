import { createHash } from "node:crypto";
import { isRecord } from "../../../lib/is-record.ts";

/** DynamoDB knows a token for so long. */
const KNOWN_MS = 600_000;

/** What a transaction with the token of an earlier one is: the same one again, which is made already, or another one. */
export type Repetition = "first" | "same" | "other";

/** Transactions that were made, by the tokens of their requests: one that is sent again is not made again. */
export class MadeTransactions {
  /** Oldest first. */
  readonly #made = new Map<string, { readonly hash: string; readonly at: number }>();
  readonly #now: () => number;

  /** @param now milliseconds of any monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param request the parsed request */
  find(request: unknown): Repetition {
    const token = tokenOf(request);
    const made = token === undefined ? undefined : this.#made.get(token);
    if (made === undefined || this.#now() - made.at >= KNOWN_MS) return "first";
    return made.hash === hashOf(request) ? "same" : "other";
  }

  add(request: unknown): void {
    const token = tokenOf(request);
    if (token === undefined) return;
    for (const [oldest, { at }] of this.#made) {
      if (this.#now() - at < KNOWN_MS) break;
      this.#made.delete(oldest);
    }
    this.#made.set(token, { hash: hashOf(request), at: this.#now() });
  }
}

function tokenOf(request: unknown): string | undefined {
  return isRecord(request) && typeof request.ClientRequestToken === "string" ? request.ClientRequestToken : undefined;
}

function hashOf(request: unknown): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("base64");
}
