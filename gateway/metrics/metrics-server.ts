import { createServer, type Server } from "node:http";
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, Registry } from "prom-client";

/** What one serving thread counted. */
export type ThreadMetrics = readonly MetricObjectWithValues<MetricValue<string>>[];

/** `/metrics` on a port of its own, which no load balancer forwards to. @param collect every thread's metrics */
export function createMetricsServer(collect: () => Promise<readonly ThreadMetrics[]>): Server {
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
async function textOf(collect: () => Promise<readonly ThreadMetrics[]>): Promise<string> {
  const threads = await collect();
  return await AggregatorRegistry.aggregate(threads.map((metrics) => [...metrics])).metrics();
}
