import type { MessagePort } from "node:worker_threads";
import type { DiscoveredEngine, EngineDiscovery } from "../engines/engine-discovery.ts";
import type { FromThread, ToThread } from "./messages.ts";

type Result = Extract<ToThread, { readonly kind: "discovered" }>["result"];

/** Discovery of a serving thread: the main thread, which has one for all of them, responds. */
export class MainThreadDiscovery implements EngineDiscovery {
  readonly #post: (message: FromThread) => void;
  readonly #waiting = new Map<number, (result: Result) => void>();
  #requests = 0;

  constructor(port: MessagePort) {
    this.#post = (message) => port.postMessage(message);
    port.on("message", (message: ToThread) => {
      if (message.kind !== "discovered") return;
      this.#waiting.get(message.id)?.(message.result);
      this.#waiting.delete(message.id);
    });
  }

  async discover(targetGroupArn: string): Promise<readonly DiscoveredEngine[]> {
    const id = this.#requests++;
    const result = await new Promise<Result>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post({ kind: "discover", id, targetGroupArn });
    });
    if ("engines" in result) return result.engines;
    throw Object.assign(new Error(result.message), { name: result.failure });
  }
}
