import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export interface UpgradeTarget {
  readonly port: number;
  readonly path: string;
  /** As they go on; `connection` and `upgrade` among them. */
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds without a byte in either direction after which the connection is closed. */
  readonly silenceMs: number;
}

/**
 * Passes a request for another protocol on to a loopback port and from then on every byte both ways, as a load balancer
 * does with WebSockets. @param finished called once, when the connection is over
 */
export function relayUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  target: UpgradeTarget,
  failed: () => void,
  finished: () => void,
): void {
  let isOpen = false;
  const outgoing = connect(target.port, "127.0.0.1", () => {
    isOpen = true;
    const lines = Object.entries(target.headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${String(one)}`),
    );
    outgoing.write([`${request.method} ${target.path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    outgoing.write(head);
    outgoing.pipe(client);
    client.pipe(outgoing);
  });
  outgoing.setTimeout(target.silenceMs, () => outgoing.destroy());
  outgoing.on("error", () => {
    if (!isOpen) failed();
  });
  outgoing.on("close", () => {
    if (isOpen) client.destroy();
    finished();
  });
  client.on("error", () => outgoing.destroy());
  client.on("close", () => outgoing.destroy());
}
