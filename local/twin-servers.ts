import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type BoundServer, bind, respond } from "./http/server.ts";
import type { TwinSettings } from "./runtime/settings.ts";

/** The handlers of the twin's addresses. */
export interface TwinHandlers {
  readonly api: RequestListener;
  apiUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly site: RequestListener;
  readonly dashboard: RequestListener;
  readonly aws: RequestListener;
}

export type TwinAddresses = Pick<TwinSettings, "apiUrl" | "siteUrl" | "dashboardUrl" | "awsUrl">;

/** The twin's own addresses: they are known before any resource runs, and respond 503 until `serve`. */
export class TwinServers {
  readonly #bound: BoundServer[] = [];
  #handlers: TwinHandlers | undefined;

  /** @throws when a port is taken, with the setting that changes it */
  async open(ports: { readonly apiPort: number; readonly sitePort: number }): Promise<TwinAddresses> {
    const apiUrl = await this.#open(ports.apiPort, "SLUICE_API_PORT", "api");
    this.#bound[0]?.server.on("upgrade", (request, socket, head) => {
      if (this.#handlers) this.#handlers.apiUpgrade(request, socket, head);
      else socket.destroy();
    });
    return {
      apiUrl,
      siteUrl: await this.#open(ports.sitePort, "SLUICE_SITE_PORT", "site"),
      dashboardUrl: await this.#open(0, "", "dashboard"),
      awsUrl: await this.#open(0, "", "aws"),
    };
  }

  serve(handlers: TwinHandlers): void {
    this.#handlers = handlers;
  }

  async close(): Promise<void> {
    await Promise.all(this.#bound.map((server) => server.close()));
  }

  /** @param setting names the port in an error */
  async #open(port: number, setting: string, address: Exclude<keyof TwinHandlers, "apiUpgrade">): Promise<string> {
    const server = await bind(port, setting, (request, response) => {
      if (this.#handlers) this.#handlers[address](request, response);
      else respondStarting(response);
    });
    this.#bound.push(server);
    return `http://127.0.0.1:${server.port}`;
  }
}

/** The response of an address while the twin starts. */
export function respondStarting(response: ServerResponse): void {
  respond(response, 503, { "content-type": "text/plain", "retry-after": "1" }, "starting");
}
