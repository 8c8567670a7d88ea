import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP proxy that refuses everything and records the hosts that were tried. */
export class ClosedNetwork {
  readonly hosts: string[] = [];
  readonly #server = createServer((request, response) => {
    this.hosts.push(new URL(request.url ?? "", "http://unknown").hostname);
    response.writeHead(403).end();
  }).on("connect", (request, socket) => {
    this.hosts.push((request.url ?? "").replace(/:\d+$/, ""));
    socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });

  static async start(): Promise<ClosedNetwork> {
    const network = new ClosedNetwork();
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  /** Variables by which programs send everything here but what goes to this machine. */
  get variables(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    const proxies = names.flatMap((name) => [name, name.toLowerCase()].map((each) => [each, url]));
    return { ...Object.fromEntries(proxies), NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
