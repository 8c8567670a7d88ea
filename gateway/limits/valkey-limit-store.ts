import { randomUUID } from "node:crypto";
import { ValkeyConnection, type ValkeyConnectionOptions, type ValkeyResponse } from "../store/valkey-connection.ts";
import { ExhaustedCounters } from "./exhausted-counters.ts";
import { leastOf } from "./limit-amounts.ts";
import { LIMIT_FUNCTIONS, RENEW, RESERVE, SETTLE } from "./limit-functions.ts";
import type { LimitCounter, LimitGrant, LimitRefusal, LimitStore } from "./limit-store.ts";
import { OpenLeases, renewArguments } from "./open-leases.ts";
import { type GrantedCounter, MAX_SETTLED_AT_ONCE, Settlements, settleArguments } from "./settlements.ts";

export interface ValkeyLimitStoreOptions extends ValkeyConnectionOptions {
  /** Milliseconds of a monotonic clock. @default - performance.now */
  readonly clock?: () => number;
  /**
   * After so long the server forgets what a process has in progress that no longer renews it: one that was killed. It is
   * renewed three times within it. @default 30000
   */
  readonly renewedLeaseMs?: number;
  /** Called with the server's words when it refuses calls, once in a minute at most. */
  readonly onRefusal?: (failure: string) => void;
}

type Argument = string | number;

/** Numbers of the server for each counter of a grant: amount, left, milliseconds until its window ends, beginning. */
const NUMBERS_OF_COUNTER = 4;
const RENEWED_LEASE_MS = 30_000;
const RENEWALS_OF_LEASE = 3;
const REFUSAL_REPORTS_MS = 60_000;

/**
 * Counts the use of all gateways together, in Valkey. A request waits for one call at most. What it used is settled in
 * the background, with that of other requests; while the server can't be reached, settlements wait for it.
 */
export class ValkeyLimitStore implements LimitStore {
  readonly #connection: ValkeyConnection;
  readonly #clock: () => number;
  readonly #settlements = new Settlements();
  readonly #exhausted = new ExhaustedCounters();
  readonly #open = new OpenLeases();
  readonly #renewedLeaseMs: number;
  readonly #onRefusal: ((failure: string) => void) | undefined;
  #refusalReportedAt = Number.NEGATIVE_INFINITY;
  #renewals: NodeJS.Timeout | undefined;
  readonly #leasePrefix = randomUUID();
  #leases = 0;
  #isFlushPlanned = false;
  #loading: Promise<unknown> | undefined;

  constructor(options: ValkeyLimitStoreOptions) {
    const { clock = () => performance.now(), renewedLeaseMs = RENEWED_LEASE_MS, onRefusal } = options;
    this.#clock = clock;
    this.#renewedLeaseMs = renewedLeaseMs;
    this.#onRefusal = onRefusal;
    this.#connection = new ValkeyConnection({
      ...options,
      onChange: (isAvailable) => {
        options.onChange?.(isAvailable);
        if (isAvailable) void this.#load().then(() => this.#flush());
      },
    });
  }

  get isAvailable(): boolean {
    return this.#connection.isAvailable;
  }

  async reserve(counters: readonly LimitCounter[], leaseMs: number): Promise<LimitGrant | LimitRefusal | undefined> {
    const sentAt = this.#clock();
    const exhausted = this.#exhausted.refusal(counters, sentAt);
    if (exhausted !== undefined) return exhausted;
    const lease = `${this.#leasePrefix}:${(this.#leases++).toString(36)}`;
    const response = await this.#call(
      RESERVE,
      reserveArguments(counters, lease, Math.min(leaseMs, this.#renewedLeaseMs)),
    );
    const numbers = response.outcome === "ok" ? numbersOf(response.value) : undefined;
    if (numbers === undefined) {
      if (response.outcome === "unknown") this.#release(counters, lease, sentAt + leaseMs);
      return undefined;
    }
    const [isGranted, ...rest] = numbers;
    return isGranted === 1
      ? this.#grant(counters, rest, { lease, endsAt: sentAt + leaseMs, sentAt })
      : this.#refusal(counters, rest, sentAt);
  }

  async close(): Promise<void> {
    clearInterval(this.#renewals);
    await this.#flush();
    this.#connection.close();
  }

  #grant(
    counters: readonly LimitCounter[],
    numbers: readonly number[],
    { lease, endsAt, sentAt }: { readonly lease: string; readonly endsAt: number; readonly sentAt: number },
  ): LimitGrant {
    const of = (index: number, number: number) => numbers[index * NUMBERS_OF_COUNTER + number] ?? 0;
    const granted = counters.map(
      (counter, index): GrantedCounter => ({
        key: keyOf(counter),
        lease,
        granted: of(index, 0),
        began: of(index, 3),
        endsAt: counter.windowSeconds === 0 ? endsAt : sentAt + of(index, 2),
      }),
    );
    this.#open.add(lease, granted);
    this.#planRenewals();
    let isSettled = false;
    return {
      isGranted: true,
      amounts: granted.map(({ granted: amount }) => amount),
      left: counters.map((_, index) => of(index, 1)),
      resetMs: counters.map((_, index) => of(index, 2)),
      settle: (used) => {
        if (isSettled) return;
        isSettled = true;
        this.#open.delete(lease);
        this.#settlements.add(granted, used);
        this.#planFlush();
      },
    };
  }

  #refusal(
    counters: readonly LimitCounter[],
    [index = 0, left = 0, resetMs = 0, settled = 0]: readonly number[],
    sentAt: number,
  ): LimitRefusal {
    const counter = counters[index];
    if (counter !== undefined) this.#exhausted.add(counter, settled, sentAt + resetMs);
    return { isGranted: false, counter: index, left, resetMs };
  }

  /** Ends what a request without a response may have in progress. */
  #release(counters: readonly LimitCounter[], lease: string, endsAt: number): void {
    const inProgress = counters
      .filter(({ windowSeconds }) => windowSeconds === 0)
      .map((counter): GrantedCounter => ({ key: keyOf(counter), lease, granted: counter.amount, began: 0, endsAt }));
    this.#settlements.add(inProgress, []);
  }

  #planRenewals(): void {
    if (this.#renewals !== undefined || this.#open.size === 0) return;
    this.#renewals = setInterval(() => this.#renew(), this.#renewedLeaseMs / RENEWALS_OF_LEASE).unref();
  }

  #renew(): void {
    const now = this.#clock();
    for (const part of this.#open.parts(now, MAX_SETTLED_AT_ONCE)) {
      void this.#call(RENEW, renewArguments(part, now, this.#renewedLeaseMs));
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#renewals);
    this.#renewals = undefined;
  }

  /**
   * All that end in one turn of the event loop are settled in one call. A request that a client sends after a response
   * comes in a later turn, and finds its slot free: the server carries out calls in their order.
   */
  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      void this.#flush();
    });
  }

  /** Sends what is to be settled; what can't be sent waits until the server can be reached again. */
  async #flush(): Promise<void> {
    const sent: Promise<void>[] = [];
    while (this.#settlements.size > 0 && this.isAvailable) sent.push(this.#settleSome());
    await Promise.all(sent);
  }

  async #settleSome(): Promise<void> {
    const settlements = this.#settlements.take(this.#clock());
    if (settlements.length === 0) return;
    const { outcome } = await this.#call(SETTLE, settleArguments(settlements));
    if (outcome === "unreachable") this.#settlements.putBack(settlements);
    else if (outcome !== "ok") this.#settlements.putBackUncertain(settlements);
  }

  async #call(name: string, args: readonly Argument[]): Promise<ValkeyResponse<unknown>> {
    const call = () => this.#connection.send((client) => client.call("FCALL", name, ...args));
    let response = await call();
    if (response.outcome === "refused" && response.error.message.includes("Function not found")) {
      // The server is a new one, or its functions were deleted. It carries out both commands in their order.
      void this.#load();
      response = await call();
    }
    if (response.outcome === "refused") this.#reportRefusal(response.error.message);
    return response;
  }

  #reportRefusal(failure: string): void {
    const now = this.#clock();
    if (now - this.#refusalReportedAt < REFUSAL_REPORTS_MS) return;
    this.#refusalReportedAt = now;
    this.#onRefusal?.(failure);
  }

  /** Loads the functions; while that is under way, it is not done again. */
  #load(): Promise<unknown> {
    this.#loading ??= this.#connection
      .send((client) => client.call("FUNCTION", "LOAD", "REPLACE", LIMIT_FUNCTIONS))
      .then((response) => {
        if (response.outcome === "refused") this.#reportRefusal(response.error.message);
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }
}

function keyOf({ name, windowSeconds }: LimitCounter): string {
  return `limit:${name}:${windowSeconds}`;
}

function reserveArguments(counters: readonly LimitCounter[], lease: string, leaseMs: number): readonly Argument[] {
  return [
    counters.length,
    ...counters.map(keyOf),
    lease,
    Math.max(1, Math.ceil(leaseMs)),
    ...counters.flatMap((counter) => [counter.windowSeconds, counter.max, counter.amount, leastOf(counter)]),
  ];
}

/** What the function returned; `undefined` for what it can't have returned. */
function numbersOf(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((number) => typeof number === "number") ? value : undefined;
}
