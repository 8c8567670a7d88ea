import * as z from "zod";
import { STRIPE_DAYS, type StripeBilling } from "../../contracts/billing/stripe.ts";
import {
  type MeterSum,
  meterEntry,
  meterEventId,
  meterSums,
  type ProjectHour,
} from "../../domain/billing/meter-sums.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import { bucketStart } from "../../domain/usage/usage-keys.ts";
import type { StripeMeters } from "./stripe-meters.ts";
import type { Mark, StripeTable } from "./stripe-table.ts";

/** A call. `days`: how many days before are looked at, as files of usage may come late. @default - 3, as the schedule needs */
const Search = z.object({
  days: z
    .int()
    .min(1)
    .max(STRIPE_DAYS - 1)
    .optional(),
});

export interface ReportTools {
  readonly table: StripeTable;
  readonly stripe: StripeMeters;
  readonly meters: StripeBilling["meters"];
  /** Id of the operator's organisation. */
  readonly organization: string;
  /** Names the table of usage, as several environments may report to one account of Stripe. */
  readonly source: string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface ReportResult {
  /** Events that Stripe took. */
  readonly sent: number;
  readonly errors: readonly Error[];
}

const DAY = 86_400;
/** After an hour's end, until its usage is counted: a file of 15 minutes at most, and the time of its upload. */
const SETTLED_SECONDS = 18 * 60;
/** Stripe knows identifiers for 24 hours at least: an event that is older is looked up before it is sent again. */
const KNOWN_MS = 23 * 3_600_000;
/** Of a run, before Lambda ends it. */
const RUN_MS = 240_000;
const AT_ONCE = 8;
/** Of one run: then Stripe can't be reached, and the next run goes on. */
const MOST_UNKNOWN = 3;

/**
 * Reports to Stripe what customers used in the hours that are over: one event for each customer, meter and hour, and
 * another one with the difference where usage of an hour came late. What is reported is stored before and after each
 * event, so that a run that was cut off, repeated or beside another one reports nothing twice.
 */
export async function reportStripe(event: unknown, tools: ReportTools): Promise<ReportResult> {
  const { table, organization, meters, now } = tools;
  const { days = 3 } = Search.parse(event);
  const startMs = now();
  const end = bucketStart("1h", unixSeconds(startMs) - SETTLED_SECONDS);
  const start = bucketStart("1h", end - days * DAY);
  const customers = await table.customers(organization);
  const marks = await table.marks(start, end);
  const hours: ProjectHour[] = [];
  for await (const hour of table.projectHours(start, end)) if (customers.has(hour.projectId)) hours.push(hour);
  const due = meterSums(hours, customers, meters).filter((sum) => isDue(sum, marks.get(meterEntry(sum))));
  return await new Run(tools, startMs + RUN_MS).report(due, marks);
}

function isDue({ total }: MeterSum, mark: Mark | undefined): boolean {
  return mark?.pending !== undefined || total !== (mark?.sent ?? 0);
}

class Run {
  readonly #tools: ReportTools;
  readonly #untilMs: number;
  readonly #errors: Error[] = [];
  #sent = 0;
  #unknown = 0;
  #isDenied = false;

  constructor(tools: ReportTools, untilMs: number) {
    this.#tools = tools;
    this.#untilMs = untilMs;
  }

  async report(due: readonly MeterSum[], marks: ReadonlyMap<string, Mark>): Promise<ReportResult> {
    let next = 0;
    const work = async () => {
      while (next < due.length && !this.#isOver()) {
        const sum = due[next++];
        if (sum !== undefined) await this.#attempt(sum, marks.get(meterEntry(sum)) ?? { sent: 0 });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (next < due.length && this.#errors.length === 0)
      this.#errors.push(new Error(`The time of this run is over before ${due.length - next} sums are reported.`));
    return { sent: this.#sent, errors: this.#errors };
  }

  #isOver(): boolean {
    return this.#isDenied || this.#unknown >= MOST_UNKNOWN || this.#tools.now() >= this.#untilMs;
  }

  async #attempt(sum: MeterSum, mark: Mark): Promise<void> {
    try {
      const sent =
        mark.pending === undefined ? mark.sent : await this.#resolve(sum, { ...mark, pending: mark.pending });
      if (sent === undefined || sent === sum.total) return;
      const { table, now } = this.#tools;
      if (await table.claim(sum, sent, sum.total, now())) await this.#send(sum, sent, sum.total, false);
    } catch (error) {
      this.#fail(sum, error instanceof Error ? error.message : String(error));
    }
  }

  /** Finishes the event that a run before began. @returns what Stripe has then; undefined where that is not known */
  async #resolve(sum: MeterSum, { sent, pending, triedAt = 0 }: Mark & { readonly pending: number }) {
    const { stripe, table, now } = this.#tools;
    if (now() - triedAt < KNOWN_MS) return (await this.#send(sum, sent, pending, true)) ? pending : undefined;
    const counted = await stripe.counted(sum.eventName, sum.customer, sum.hour);
    if (counted === pending) {
      await table.settle(sum, sent, pending);
      return pending;
    }
    if (counted !== sent)
      throw new Error(
        `Stripe has counted ${counted}, and should have ${sent} or ${pending}; correct the meter's sum of this hour in Stripe to one of them`,
      );
    await table.release(sum, pending);
    return sent;
  }

  /** @param isAgain whether Stripe may have taken it before, so that a refusal says nothing */
  async #send(sum: MeterSum, sent: number, total: number, isAgain: boolean): Promise<boolean> {
    const { stripe, table, source } = this.#tools;
    const { eventName, customer, hour } = sum;
    const identifier = meterEventId(source, sum, sent, total);
    const result = await stripe.send({ eventName, customer, identifier, value: total - sent, timestamp: hour });
    if (result.became === "taken") {
      await table.settle(sum, sent, total);
      this.#sent++;
      return true;
    }
    if (result.became !== "unknown" && !isAgain) await table.release(sum, total);
    if (result.became === "unknown") this.#unknown++;
    if (result.became === "denied") this.#isDenied = true;
    this.#fail(sum, result.error);
    return false;
  }

  #fail({ customer, name, hour }: MeterSum, why: string): void {
    const at = new Date(hour * 1000).toISOString();
    this.#errors.push(new Error(`${name} of ${customer} in the hour of ${at} was not reported: ${why}`));
  }
}
