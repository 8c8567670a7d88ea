import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AggregatorRegistry, Registry } from "prom-client";
import { Connections } from "../http/connections/connections.ts";
import type { CallerSharesOptions } from "../shares/caller-shares.ts";
import type { ThreadMetrics } from "./prometheus-exporter.ts";

/** Metrics of a registry of prom-client: those of the process itself. */
type ProcessMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;
type Collect = () => Promise<readonly (ThreadMetrics | ProcessMetrics)[]>;

/** Connections at once, and those of one address: a scraper has one or two, an agent on the instance another. */
export const METRICS_CONNECTIONS = { most: 64, mostPerCaller: 16 } as const;
/** Milliseconds in which a scraper's request has to be there; a connection that sends nothing is closed then. */
const REQUEST_TIMEOUT_MS = 5000;

/**
 * `/metrics` on a port of its own, which no load balancer forwards to. Requests that come together get one collection.
 * @param collect every thread's metrics
 * @param shares @default - 64 connections, and 16 of one address
 */
export function createMetricsServer(collect: Collect, shares: CallerSharesOptions = METRICS_CONNECTIONS): Server {
  const server = createServer({
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 5,
  });
  const connections = new Connections(server, shares);
  let running: Promise<string> | undefined;
  const collected = () => {
    running ??= textOf(collect).finally(() => {
      running = undefined;
    });
    return running;
  };
  return server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const opened = connections.openRequest(request.socket, request.socket.remoteAddress ?? "");
    if (opened === undefined) return;
    response.once("close", () => opened.end());
    if (opened.refusal !== undefined) return void response.writeHead(503, { connection: "close" }).end();
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    collected().then(
      (text) => response.writeHead(200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}

/** Added up over the threads: a gateway is one to whoever scrapes it. */
async function textOf(collect: Collect): Promise<string> {
  const threads = await collect();
  // In prom-client's types a metric's type is a number; at run time it is the word.
  const metrics = threads.map((thread) => [...thread]) as unknown as ProcessMetrics[];
  return await AggregatorRegistry.aggregate(metrics).metrics();
}
