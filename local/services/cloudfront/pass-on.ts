import type { IncomingMessage, ServerResponse } from "node:http";
import { endToEnd, relay, relayAgent } from "../../http/relay.ts";
import { clientAddress, header, respond } from "../../http/server.ts";

/** The local API as an origin. */
export interface PassedOrigin {
  /** Base address, without a slash at the end. */
  readonly url: string;
  /** Methods that the behaviour allows. */
  readonly methods: readonly string[];
}

export interface PassOptions {
  /** Of the response headers policy. */
  readonly headers: Readonly<Record<string, string>>;
  /** Responds with the distribution's own page for a status. @returns whether it has one */
  readonly replaced: (status: number) => boolean;
}

/** CloudFront's own limit of an origin's response. */
const SILENCE_MS = 30_000;
const agent = relayAgent();

/** Passes a request on with all of its headers but `Host`, and the client's address, as CloudFront does. */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { url, methods }: PassedOrigin,
  { headers, replaced }: PassOptions,
): void {
  const fail = (status: number, text: string) =>
    respond(response, status, { "content-type": "text/plain", ...headers }, text);
  if (!methods.includes(request.method ?? "GET")) return fail(403, "The method is not allowed here.");
  const { port, pathname } = new URL(url);
  const { host: _, ...passed } = endToEnd(request.headers);
  const addresses = [header(request, "x-forwarded-for"), clientAddress(request)].filter((one) => one !== undefined);
  const target = {
    port: Number(port),
    path: `${pathname.replace(/\/$/, "")}${request.url ?? "/"}`,
    headers: { ...passed, "x-forwarded-for": addresses.join(", ") },
    silenceMs: SILENCE_MS,
    silenceCutsStream: true,
  };
  relay(request, response, target, agent, {
    responseHeaders: () => headers,
    replaced: ({ statusCode = 502 }) => replaced(statusCode),
    timedOut: () => fail(504, "The origin did not respond in time."),
    failed: () => fail(502, "The origin can't be reached."),
  });
}
