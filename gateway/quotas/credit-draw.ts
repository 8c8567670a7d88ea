import type { QuotaAccount } from "./quota-account.ts";
import type { QuotaDecision, QuotaRequest } from "./quota-request.ts";

/** A grant of credit, as one request draws from it. */
export interface DrawnGrant {
  readonly account: Pick<QuotaAccount, "freshLeft" | "reserve" | "settle">;
  /** Nano-dollars of the grant. */
  readonly max: number;
}

/** Of a grant so much is taken at least, so that one that is used up is passed over. */
const LEAST = 1;

/**
 * One request's draw on the credit of a subject: from its grants in their order, each as far as it goes. A grant that others
 * hold something of is drawn from again once they return it.
 */
export class CreditDraw {
  readonly #grants: readonly DrawnGrant[];
  #drawn: readonly { readonly grant: DrawnGrant; readonly amount: number }[] = [];

  constructor(grants: readonly DrawnGrant[]) {
    this.#grants = grants;
  }

  /** Whether the request would be refused by counts of the last second. */
  isExhausted({ least }: QuotaRequest): boolean {
    let sum = 0;
    for (const { account, max } of this.#grants) {
      const left = account.freshLeft(max);
      if (left === undefined) return false;
      sum += left;
    }
    return least > sum;
  }

  async reserve({ amount, least }: QuotaRequest): Promise<QuotaDecision> {
    let isUnknown = false;
    let rest = amount;
    for (const grant of this.#grants) {
      if (rest <= 0) break;
      const request = { amount: rest, least: LEAST, max: grant.max, mayOverdraw: false };
      const decision = await grant.account.reserve(request);
      isUnknown ||= decision.kind === "unknown";
      if (decision.kind !== "granted") continue;
      this.#drawn = [...this.#drawn, { grant, amount: decision.amount }];
      rest -= decision.amount;
    }
    if (amount - rest >= least) return { kind: "granted", amount: amount - rest, left: this.#left() };
    for (const drawn of this.#drawn) drawn.grant.account.settle(drawn.amount, 0);
    this.#drawn = [];
    return isUnknown ? { kind: "unknown" } : { kind: "refused", left: this.#left() };
  }

  /** Counts what was used in the grants that it was drawn from, the first ones first; what is above, in the last one. */
  settle(_granted: number, used: number): void {
    let rest = used;
    for (const [index, { grant, amount }] of this.#drawn.entries()) {
      const isLast = index === this.#drawn.length - 1;
      const part = isLast ? rest : Math.min(rest, amount);
      grant.account.settle(amount, part);
      rest -= part;
    }
    this.#drawn = [];
  }

  #left(): number {
    return this.#grants.reduce((sum, { account, max }) => sum + (account.freshLeft(max) ?? 0), 0);
  }
}
