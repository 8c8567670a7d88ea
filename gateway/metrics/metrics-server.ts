import { createServer, type Server } from "node:http";
import { AggregatorRegistry, Registry } from "prom-client";
import type { ThreadMetrics } from "./prometheus-exporter.ts";

/** Metrics of a registry of prom-client: those of the process itself. */
type ProcessMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;
type Collect = () => Promise<readonly (ThreadMetrics | ProcessMetrics)[]>;

/** `/metrics` on a port of its own, which no load balancer forwards to. @param collect every thread's metrics */
export function createMetricsServer(collect: Collect): Server {
  return createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    textOf(collect).then(
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
