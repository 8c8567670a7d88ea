import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { INTERNAL_HEADER } from "../contracts/headers.ts";

/** On whose behalf a gateway asks itself. */
const InternalCaller = z.strictObject({
  /** Key that pays; absent where auth is off. */
  keyId: z.string().optional(),
  tenant: z.string(),
  /** What tokens cost against those of a usual request. */
  priceFactor: z.number().gt(0).max(1),
});
export type InternalCaller = z.infer<typeof InternalCaller>;

export function createInternalSecret(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Requests that a gateway sends to its own port, so that nothing goes around its limits, its queue and its accounts.
 * They are known by a secret that this process made and tells nobody; without it the header means nothing.
 */
export class InternalCalls {
  readonly #secret: string;

  /** @param secret the same for all threads of the process, whose port is one */
  constructor(secret: string) {
    this.#secret = secret;
  }

  headers(caller: InternalCaller): Readonly<Record<string, string>> {
    const text = Buffer.from(JSON.stringify(caller)).toString("base64url");
    return { [INTERNAL_HEADER]: `${this.#secret}.${text}` };
  }

  /** @returns who asks, or `undefined` for every request from outside */
  callerOf(headers: IncomingHttpHeaders): InternalCaller | undefined {
    const value = headers[INTERNAL_HEADER];
    if (typeof value !== "string") return undefined;
    const [secret = "", text = ""] = value.split(".", 2);
    const [given, own] = [Buffer.from(secret), Buffer.from(this.#secret)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
    return InternalCaller.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  }
}
