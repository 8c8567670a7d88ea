import { drawAhead } from "./draw-ahead.ts";
import type { QuotaDecision, QuotaRequest } from "./quota-request.ts";
import type { QuotaCount } from "./quota-table.ts";
import { TableSum, type TableSumOptions } from "./table-sum.ts";

export interface QuotaAccountOptions extends TableSumOptions {
  /** Part of the quota that the account may hold beyond the needs of its requests. */
  readonly share: number;
  /** Called with each count of the table, and whether a request is refused by what is used. */
  readonly onCount?: ((count: QuotaCount, isRefusal: boolean) => void) | undefined;
  /** Counts in the next window what was used beyond the quota. Never rejects. @default - there is no next window */
  readonly carry?: ((amount: number) => Promise<void>) | undefined;
}

/** Below this part of the quota nothing is held that no request needs. */
const NEAR_END = 1 / 10;
/** A request waits no longer for the table where it can go on without. */
const PATIENCE_MS = 100;
const RETURN_AFTER_MS = 5000;
const RETURN_NEAR_END_AFTER_MS = 1000;
const FORGET_MS = 60_000;
/** Draws for one request; each that fails shows what other gateways have drawn meanwhile. */
const MAX_DRAWS = 5;

interface Waiter extends QuotaRequest {
  readonly decide: (decision: QuotaDecision) => void;
  draws: number;
}

/**
 * One quota in one window, as this thread knows it. What requests may use is drawn from the table's sum before, by one
 * conditional addition, and what they didn't need is returned: neither gateways together nor a killed one can pass it.
 */
export class QuotaAccount {
  readonly #options: QuotaAccountOptions;
  readonly #sum: TableSum;
  /** Drawn, and neither used nor reserved. Below 0: used or reserved, and not yet in the table's sum. */
  #free = 0;
  /** Requests that are not settled. */
  #open = 0;
  #max = 0;
  #waiting: Waiter[] = [];
  #isDrawing = false;
  /** On its way back to the table. */
  #returning = 0;
  /** A return, or a write of what is owed, that is under way. */
  #lastReturn: Promise<void> | undefined;
  #usedAt: number;

  constructor(options: QuotaAccountOptions) {
    this.#options = options;
    this.#sum = new TableSum(options);
    this.#usedAt = options.now();
  }

  /** Whether nothing would be lost with the account. */
  get isIdle(): boolean {
    return this.#isQuiet && this.#free === 0 && !this.#sum.hasUse && !this.#sum.isCalling;
  }

  /** Whether a request would be refused by a count of the last second. */
  isExhausted({ least, max }: QuotaRequest): boolean {
    return this.#sum.isFresh && least > this.#left(max);
  }

  /** What is left by a count of the last second; `undefined` where there is none. */
  freshLeft(max: number): number | undefined {
    return this.#sum.isFresh ? this.#left(max) : undefined;
  }

  async reserve(request: QuotaRequest): Promise<QuotaDecision> {
    this.#usedAt = this.#options.now();
    this.#max = request.max;
    const isFirst = this.#waiting.length === 0 || request.amount <= 0;
    const decision = isFirst ? this.#decide(request) : undefined;
    if (decision !== undefined) {
      this.#replenish(request);
      return decision;
    }
    return await new Promise((resolve) => {
      const timer = setTimeout(() => this.#loosePatience(waiter), PATIENCE_MS);
      const decide = (made: QuotaDecision) => {
        clearTimeout(timer);
        resolve(made);
      };
      const waiter: Waiter = { ...request, decide, draws: 0 };
      this.#waiting.push(waiter);
      void this.#work();
    });
  }

  /** Counts what a request used in the place of what it was granted. To be called once for each grant. */
  settle(granted: number, used: number): void {
    this.#open--;
    this.#free += granted - used;
    this.#sum.countUse(used);
    this.#usedAt = this.#options.now();
    // A draw may take its time: what has come back serves those that wait.
    if (this.#nextWaiter() !== undefined) void this.#work();
    else if (this.#free < 0 && this.#isLimited) void this.#payDebt();
    else if (this.#free > this.#ceiling) void this.#return(this.#ceiling);
  }

  /** Whether there is something to do in `tend`. */
  get isWanting(): boolean {
    return !this.#sum.isReachable || this.#free !== 0 || this.#sum.hasUse;
  }

  /** To be called every second where it is wanting. Returns what is not needed, writes what is owed, looks after a table that has failed. */
  async tend(): Promise<void> {
    if (!this.#sum.isReachable) return await this.#lookAfter();
    if (this.#free < 0) return await this.#payDebt();
    const patience = this.#isNearEnd ? RETURN_NEAR_END_AFTER_MS : RETURN_AFTER_MS;
    if (!this.#isQuiet) {
      if (this.#sum.hasUse && this.#sum.silentMs >= RETURN_AFTER_MS) await this.#return(this.#free);
    } else if (this.#idleMs >= patience && (this.#free > 0 || this.#sum.hasUse)) await this.#return(0);
  }

  /** Whether it may be forgotten: it is idle, and its window is over or no request has come for a minute. */
  isForgettable(isOver: boolean): boolean {
    return this.isIdle && (isOver || this.#idleMs >= FORGET_MS);
  }

  /** Returns all that is not reserved. Never rejects. */
  async close(): Promise<void> {
    await this.#sum.responded();
    if (this.#free < 0) await this.#payDebt();
    else if (this.#free > 0 || this.#sum.hasUse) await this.#return(0);
  }

  /** Whether it refuses anything. What only reports is written every second. */
  get #isLimited(): boolean {
    return this.#max !== Number.POSITIVE_INFINITY;
  }

  get #isQuiet(): boolean {
    return this.#open === 0 && this.#waiting.length === 0;
  }

  get #idleMs(): number {
    return this.#options.now() - this.#usedAt;
  }

  get #isNearEnd(): boolean {
    return this.#max - this.#sum.drawn < this.#max * NEAR_END;
  }

  /** What is held for requests to come at most. */
  get #ceiling(): number {
    return this.#isNearEnd ? 0 : Math.floor(this.#max * this.#options.share);
  }

  /** What is left of the quota as far as it is known here: what others have drawn is not. */
  #left(max: number): number {
    return Math.max(0, max - this.#sum.drawn + this.#free + this.#returning);
  }

  /** The decision on a request that needs no further call; `undefined` where one is needed. */
  #decide(request: QuotaRequest): QuotaDecision | undefined {
    const { amount, least, max } = request;
    const left = this.#left(max);
    if (amount <= 0 || max === Number.POSITIVE_INFINITY) return this.#take(amount, max);
    if (amount <= Math.min(this.#free, left)) return this.#take(amount, max);
    if (this.#sum.isFresh && least > left) return { kind: "refused", left };
    // All is drawn: what is here is all there is.
    if (this.#sum.isFresh && this.#sum.drawn >= max && this.#returning === 0 && least <= this.#free)
      return this.#take(Math.min(left, this.#free), max);
    return this.#sum.isReachable ? undefined : this.#decideAlone(request);
  }

  /** The decision without the table. */
  #decideAlone({ amount, least, max, mayOverdraw }: QuotaRequest): QuotaDecision {
    void this.#lookAfter();
    const left = this.#left(max);
    const held = Math.min(this.#free, left);
    if (mayOverdraw && least <= left) return this.#take(Math.min(amount, left), max);
    if (least <= held) return this.#take(Math.min(amount, held), max);
    return this.#sum.isKnown && least > left ? { kind: "refused", left } : { kind: "unknown" };
  }

  #take(amount: number, max: number): QuotaDecision {
    this.#open++;
    this.#free -= amount;
    return { kind: "granted", amount, left: this.#left(max) };
  }

  /** Decides without the table on a request that has waited for it, where that is possible. */
  #loosePatience(waiter: Waiter): void {
    if (!this.#waiting.includes(waiter)) return;
    const held = Math.min(this.#free, this.#left(waiter.max));
    if (!waiter.mayOverdraw && waiter.least > held) return;
    const decision = this.#decideAlone(waiter);
    if (decision.kind !== "granted") return;
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
    waiter.decide(decision);
  }

  /** Draws until no request waits. */
  async #work(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    for (let first = this.#nextWaiter(); first !== undefined; first = this.#nextWaiter()) await this.#drawFor(first);
    this.#isDrawing = false;
  }

  /** Decides on waiting requests in their order. @returns the first that needs a draw */
  #nextWaiter(): Waiter | undefined {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const decision = this.#decide(first) ?? (first.draws >= MAX_DRAWS ? this.#giveUp(first) : undefined);
      if (decision === undefined) return first;
      this.#waiting.shift();
      first.decide(decision);
    }
    return undefined;
  }

  /** After so many draws that lost the race against other gateways, what is here must do. */
  #giveUp({ least, max }: Waiter): QuotaDecision {
    const held = Math.min(this.#free, this.#left(max));
    return least <= held ? this.#take(held, max) : { kind: "refused", left: Math.max(0, held) };
  }

  async #drawFor(first: Waiter): Promise<void> {
    first.draws++;
    // What comes back is drawn again, and not refused.
    await this.#lastReturn;
    const wanted = this.#waiting.reduce((sum, { amount }) => sum + amount, 0) - this.#free;
    if (wanted <= 0) return;
    const rest = this.#sum.isKnown ? first.max - this.#sum.drawn : first.max;
    const least = Math.max(1, first.least - this.#free);
    const amount = Math.max(least, Math.min(wanted + this.#ahead(first), rest));
    await this.#draw(Math.min(amount, Number.MAX_SAFE_INTEGER), first);
  }

  /** Draws while requests still find something here, so that they don't wait. */
  #replenish(request: QuotaRequest): void {
    const ahead = this.#ahead(request);
    if (!this.#isLimited || ahead < 1 || this.#free >= ahead / 2 || this.#isDrawing || !this.#sum.isReachable) return;
    this.#isDrawing = true;
    void this.#draw(ahead, request).then(() => {
      this.#isDrawing = false;
      void this.#work();
    });
  }

  /** What may be drawn for requests to come. */
  #ahead(request: QuotaRequest): number {
    if (!this.#sum.isKnown || this.#isNearEnd) return 0;
    return drawAhead(request, this.#options.share, this.#sum);
  }

  async #draw(amount: number, { max, least }: QuotaRequest): Promise<void> {
    const count = await this.#sum.add(amount, max);
    if (count === undefined) return;
    if (count.isAdded) this.#free += amount;
    // Not while requests in progress may still return what it lacks.
    this.#options.onCount?.(count, !count.isAdded && count.used + least > max);
  }

  /** Writes what was used beyond what was drawn. */
  #payDebt(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#free >= 0) return;
      const debt = -this.#free;
      const count = await this.#sum.add(debt);
      if (count === undefined) return;
      this.#free += debt;
      this.#options.onCount?.(count, false);
      const beyond = Math.min(debt, count.drawn - this.#max);
      if (beyond > 0) await this.#options.carry?.(beyond);
    });
  }

  /** Returns what is held beyond `keep`, and writes what was used. */
  #return(keep: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#returning = Math.max(0, this.#free - keep);
      this.#free -= this.#returning;
      // Where the response is lost, it stays counted: sent again, it might return what is used.
      const count = await this.#sum.add(-this.#returning);
      this.#returning = 0;
      if (count !== undefined) this.#options.onCount?.(count, false);
    });
  }

  /** One of these writes at a time; while one is under way, another one waits for the next second. */
  async #inTurn(write: () => Promise<void>): Promise<void> {
    if (this.#lastReturn !== undefined || !this.#sum.isReachable) return await this.#lastReturn;
    this.#lastReturn = write().finally(() => {
      this.#lastReturn = undefined;
    });
    await this.#lastReturn;
  }

  async #lookAfter(): Promise<void> {
    await this.#sum.probe();
    if (this.#sum.isReachable) await this.#payDebt();
  }
}
