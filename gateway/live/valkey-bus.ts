import { Valkey } from "iovalkey";
import { ValkeyConnection } from "../store/valkey-connection.ts";
import type { LiveBus } from "./live-bus.ts";

const ALL = "live:all";
const ONE = "live:one:";
/** A list of a thread is some 150 kB, and nobody's request waits for it. */
const COMMAND_TIMEOUT_MS = 1000;
const RECONNECT_MS = { first: 50, longest: 2000 } as const;

/**
 * Between all gateways that share a Valkey, by its channels: nothing is stored. The connections are its own, so that a slow
 * list delays no request.
 */
export class ValkeyBus implements LiveBus {
  readonly reach = "all-gateways";
  readonly #url: string;
  #sender: ValkeyConnection | undefined;
  #receiver: Valkey | undefined;
  /** Whether this thread gets what it sends to all. */
  #isListening = false;

  /** @param url `redis://host:port`, or `rediss://` for TLS */
  constructor(url: string) {
    this.#url = url;
  }

  start(id: string, onMessage: (text: string) => void): void {
    this.#sender = new ValkeyConnection({ url: this.#url, commandTimeoutMs: COMMAND_TIMEOUT_MS });
    const receiver = new Valkey(this.#url, {
      maxRetriesPerRequest: null,
      autoResubscribe: false,
      retryStrategy: (times) => Math.min(RECONNECT_MS.first * 2 ** Math.min(times - 1, 10), RECONNECT_MS.longest),
    });
    // Without a listener, a refused connection would end the process.
    receiver.on("error", () => undefined);
    receiver.on("ready", () => {
      receiver.subscribe(ALL, ONE + id).then(
        () => {
          this.#isListening = true;
        },
        () => receiver.disconnect(true),
      );
    });
    receiver.on("close", () => {
      this.#isListening = false;
    });
    receiver.on("message", (_channel, text) => onMessage(text));
    this.#receiver = receiver;
  }

  async send(to: string | undefined, text: string): Promise<number | undefined> {
    if (!this.#isListening) return undefined;
    const sent = await this.#sender?.send((client) => client.publish(to === undefined ? ALL : ONE + to, text));
    if (sent?.outcome !== "ok") return undefined;
    return to === undefined ? Math.max(0, sent.value - 1) : sent.value;
  }

  stop(): void {
    this.#isListening = false;
    this.#sender?.close();
    this.#receiver?.disconnect();
  }
}
