import type { IncomingMessage, ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { bind } from "../http/server.ts";

/** What the server does with the next events. */
export type StripeFault =
  | "none"
  /** It takes the event, and the responses to all attempts are lost. */
  | "lost-response"
  /** The connection ends before it takes the event. */
  | "lost-request"
  /** 500, and nothing is taken. */
  | "down"
  /** 401, as for a key that was revoked. */
  | "denied"
  /** 400, as for a customer that there is not. */
  | "refused";

export interface TakenEvent {
  readonly identifier: string;
  readonly eventName: string;
  readonly customer: string;
  readonly value: number;
  readonly timestamp: number;
}

const KEY = "sk_test_local";
const HOUR = 3600;
const METERS = { sluice_charge_nano_usd: "mtr_charge", sluice_output_tokens: "mtr_output" } as const;

/** For tests: a server of the shape that Stripe's API has for meter events, which knows each identifier for ever. */
export async function stripeServer() {
  const taken: TakenEvent[] = [];
  /** `atRequest` is called with the number of each request before it is read. */
  const state: { fault: StripeFault; requests: number; atRequest?: (count: number) => void } = {
    fault: "none",
    requests: 0,
  };
  const server = await bind(0, "", async (request, response) => {
    state.requests++;
    state.atRequest?.(state.requests);
    const form = new URLSearchParams(await textOf(request));
    if (state.fault === "lost-request") return void response.destroy();
    const url = new URL(request.url ?? "", "http://stripe");
    if (request.headers.authorization !== `Bearer ${KEY}` || state.fault === "denied")
      return failure(response, 401, "Invalid API Key provided: sk_test_***", "invalid_request_error");
    if (state.fault === "down") return failure(response, 500, "An unknown error occurred.", "api_error");
    if (url.pathname === "/v1/billing/meter_events") return create(form, response);
    if (url.pathname === "/v1/billing/meters") {
      const data = Object.entries(METERS).map(([event_name, id]) => ({ object: "billing.meter", id, event_name }));
      return send(response, 200, { object: "list", data, has_more: false, url: url.pathname });
    }
    const [, meterId] = /^\/v1\/billing\/meters\/(\w+)\/event_summaries$/.exec(url.pathname) ?? [];
    const [eventName] = Object.entries(METERS).find(([, id]) => id === meterId) ?? [];
    if (eventName === undefined)
      return failure(response, 404, `Unrecognized request URL (${url.pathname}).`, "invalid_request_error");
    const start = Number(url.searchParams.get("start_time"));
    const customer = url.searchParams.get("customer") ?? "";
    const data = [{ object: "billing.meter_event_summary", aggregated_value: counted(eventName, customer, start) }];
    return send(response, 200, { object: "list", data, has_more: false, url: url.pathname });
  });
  onTestFinished(() => server.close());

  function create(form: URLSearchParams, response: ServerResponse): void {
    const text = (name: string) => form.get(name) ?? "";
    const event: TakenEvent = {
      identifier: text("identifier"),
      eventName: text("event_name"),
      customer: text("payload[stripe_customer_id]"),
      value: Number(text("payload[value]")),
      timestamp: Number(text("timestamp")),
    };
    if (state.fault === "refused")
      return failure(response, 400, `No such customer: '${event.customer}'`, "invalid_request_error");
    if (!Object.hasOwn(METERS, event.eventName) || !Number.isSafeInteger(event.value) || event.identifier.length > 100)
      return failure(response, 400, "The event is invalid.", "invalid_request_error");
    const isLost = state.fault === "lost-response";
    if (!isLost && taken.some(({ identifier }) => identifier === event.identifier))
      return failure(
        response,
        400,
        `An event already exists with identifier ${event.identifier}.`,
        "invalid_request_error",
      );
    if (!taken.some(({ identifier }) => identifier === event.identifier)) taken.push(event);
    if (isLost) return void response.destroy();
    send(response, 200, { object: "billing.meter_event", identifier: event.identifier, event_name: event.eventName });
  }

  /** The sum of a meter in an hour. */
  function counted(eventName: string, customer: string, hour: number): number {
    return taken
      .filter((one) => one.eventName === eventName && one.customer === customer)
      .filter(({ timestamp }) => timestamp >= hour && timestamp < hour + HOUR)
      .reduce((sum, { value }) => sum + value, 0);
  }

  return { url: `http://127.0.0.1:${server.port}`, key: KEY, taken, state, counted };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json", "request-id": "req_local" })
    .end(JSON.stringify(body));
}

function failure(response: ServerResponse, status: number, message: string, type: string): void {
  send(response, status, { error: { message, type } });
}
