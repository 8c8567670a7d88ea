import { BroadcastChannel } from "node:worker_threads";
import type { LiveBus } from "./live-bus.ts";

interface Envelope {
  readonly to: string | undefined;
  readonly text: string;
}

/** Between the threads of one process, without a store. */
export class ThreadBus implements LiveBus {
  readonly reach = "this-gateway";
  readonly #name: string;
  readonly #others: number;
  #channel: BroadcastChannel | undefined;

  /** @param process tells the process's gateway from another one in the same process @param threads of the gateway */
  constructor(process: string, threads: number) {
    this.#name = `sluice-live-${process}`;
    this.#others = threads - 1;
  }

  start(id: string, onMessage: (text: string) => void): void {
    const channel = new BroadcastChannel(this.#name);
    channel.onmessage = (event) => {
      // Only threads of this process can send here.
      const { to, text } = (event as unknown as { readonly data: Envelope }).data;
      if (to === undefined || to === id) onMessage(text);
    };
    channel.unref();
    this.#channel = channel;
  }

  async send(to: string | undefined, text: string): Promise<number | undefined> {
    if (this.#channel === undefined) return undefined;
    this.#channel.postMessage({ to, text } satisfies Envelope);
    return to === undefined ? this.#others : 1;
  }

  stop(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}
