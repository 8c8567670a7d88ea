import { Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, request as send } from "node:http";
import { pipeline } from "node:stream";

/** Headers that belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export interface RelayTarget {
  readonly port: number;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds of silence from the target, before and between bytes of the response. */
  readonly silenceMs: number;
  /** Whether `silenceMs` also holds after the response's headers. */
  readonly silenceCutsStream: boolean;
}

export interface RelayEvents {
  /** Headers to add or replace in the response. */
  responseHeaders(upstream: IncomingMessage): Readonly<Record<string, string>>;
  /** Responds in place of the target, whose response is dropped. @returns whether it has @default - it does not */
  replaced?(upstream: IncomingMessage): boolean;
  /** No byte came within the limit: none has been sent to the client yet. */
  timedOut(): void;
  /** The target refused or broke the connection: no byte has been sent to the client yet. */
  failed(error: Error): void;
  /** Called once, when the request is over, however it ended. */
  finished?(): void;
}

/** Relays a request to a loopback port and the response back, byte by byte as they come. */
export function relay(
  request: IncomingMessage,
  response: ServerResponse,
  target: RelayTarget,
  agent: Agent,
  events: RelayEvents,
): void {
  // The client left while the request was still being checked.
  if (response.destroyed) return events.finished?.();
  let over = false;
  const finish = (report?: () => void) => {
    if (over) return;
    over = true;
    report?.();
    events.finished?.();
  };
  const outgoing = send({
    host: "127.0.0.1",
    port: target.port,
    path: target.path,
    method: request.method,
    headers: target.headers,
    agent,
  });
  outgoing.setTimeout(target.silenceMs, () => {
    if (response.headersSent && !target.silenceCutsStream) return;
    finish(() => (response.headersSent ? response.destroy() : events.timedOut()));
    outgoing.destroy();
  });
  let answered = false;
  // Once there is a response, its own stream ends the exchange: a target may refuse a body that is still being sent.
  outgoing.on("error", (error) => {
    if (!answered) finish(() => events.failed(error));
  });
  outgoing.on("response", (upstream) => {
    if (over) return;
    answered = true;
    if (events.replaced?.(upstream)) {
      upstream.resume();
      return finish();
    }
    response.writeHead(upstream.statusCode ?? 502, {
      ...endToEnd(upstream.headers),
      ...events.responseHeaders(upstream),
    });
    response.flushHeaders();
    pipeline(upstream, response, () => {
      if (!request.complete) {
        request.unpipe(outgoing);
        outgoing.destroy();
        request.resume(); // the rest of the body, so that the client's connection can be used again
      }
      finish();
    });
  });
  response.on("close", () => {
    if (!response.writableFinished) outgoing.destroy();
    finish();
  });
  request.pipe(outgoing);
}

/** The headers that travel on. */
export function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

/** One agent a service: connections are reused, without a limit of their own. */
export function relayAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
}
