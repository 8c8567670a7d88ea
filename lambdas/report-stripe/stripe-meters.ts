import Stripe from "stripe";

/** One event of a meter. */
export interface MeterEvent {
  readonly eventName: string;
  readonly customer: string;
  readonly identifier: string;
  readonly value: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** What became of an event. `unknown`: Stripe may have taken it. `denied`: the key is wrong, so that no event is taken. */
export type Sent =
  | { readonly became: "taken" }
  | { readonly became: "refused" | "denied" | "unknown"; readonly error: string };

const TIMEOUT_MS = 10_000;
const HOUR = 3600;
const MAX_ERROR_CHARACTERS = 300;

/** The part of Stripe's API that takes meter events. */
export class StripeMeters {
  readonly #stripe: Stripe;
  readonly #meterIds = new Map<string, string>();

  /** @param url another server of Stripe's shape. @default - Stripe's own */
  constructor(key: string, url?: string) {
    const { protocol, hostname, port } = new URL(url ?? "https://api.stripe.com");
    this.#stripe = new Stripe(key, {
      host: hostname,
      port: port === "" ? (protocol === "http:" ? 80 : 443) : port,
      protocol: protocol === "http:" ? "http" : "https",
      timeout: TIMEOUT_MS,
      // A refusal after an attempt whose response was lost says nothing of that one; the next run knows of both.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  /** Sends an event. It does not reject. Stripe takes one event of each identifier, for a day at least. */
  async send({ eventName, customer, identifier, value, timestamp }: MeterEvent): Promise<Sent> {
    try {
      await this.#stripe.billing.meterEvents.create({
        event_name: eventName,
        identifier,
        timestamp,
        payload: { stripe_customer_id: customer, value: String(value) },
      });
      return { became: "taken" };
    } catch (error) {
      return failed(error);
    }
  }

  /** What Stripe has counted for a customer in the hour from `hour` on. @throws where it does not say */
  async counted(eventName: string, customer: string, hour: number): Promise<number> {
    const meterId = await this.#meterId(eventName);
    const { data } = await this.#stripe.billing.meters.listEventSummaries(meterId, {
      customer,
      start_time: hour,
      end_time: hour + HOUR,
    });
    return data.reduce((sum, { aggregated_value: value }) => sum + value, 0);
  }

  async #meterId(eventName: string): Promise<string> {
    const known = this.#meterIds.get(eventName);
    if (known !== undefined) return known;
    for await (const meter of this.#stripe.billing.meters.list({ status: "active", limit: 100 })) {
      this.#meterIds.set(meter.event_name, meter.id);
      if (meter.event_name === eventName) return meter.id;
    }
    throw new Error(
      `Stripe has no active meter whose events are ${eventName}; make it, or correct billing.stripe.meters.`,
    );
  }
}

function failed(error: unknown): Sent {
  if (!(error instanceof Stripe.errors.StripeError))
    return { became: "unknown", error: error instanceof Error ? error.message : String(error) };
  const { statusCode = 0, requestId = "none" } = error;
  const text = `HTTP ${statusCode}, ${error.message.slice(0, MAX_ERROR_CHARACTERS)} (request ${requestId})`;
  if (isRepeated(error)) return { became: "taken" };
  if (statusCode === 401 || statusCode === 403) return { became: "denied", error: text };
  // 409 and 429 are refusals for the moment, and say as little as a server's own failure.
  const isRefused = statusCode >= 400 && statusCode < 500 && statusCode !== 409 && statusCode !== 429;
  return { became: isRefused ? "refused" : "unknown", error: text };
}

/** Whether Stripe refuses an event as it has one of the same identifier. */
function isRepeated({ statusCode, message, code }: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  if (statusCode !== 400 && statusCode !== 409) return false;
  const text = message.toLowerCase();
  const namesRepetition = text.includes("already") || text.includes("duplicate");
  return code === "resource_already_exists" || (namesRepetition && text.includes("identifier"));
}
