import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { findSamples, sumOfSamples } from "../../lib/prometheus-text.ts";

/** What a gateway process holds at a moment, by its own `/metrics` and the kernel. */
export interface ProcessState {
  /** Node's active resources by type: sockets, timers, requests of the file system. */
  readonly resources: Readonly<Record<string, number>>;
  readonly fileDescriptors: number;
  readonly requestsInFlight: number;
  readonly requestsQueued: number;
  readonly heapUsedMiB: number;
}

/** The address of the gateway's metrics, from its log. */
export async function metricsUrl(logFile: string): Promise<string> {
  for (let waited = 0; waited < 5000; waited += 50) {
    const port = /"metricsPort":(\d+)/.exec(readFileSync(logFile, "utf8"))?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}/metrics`;
    await sleep(50);
  }
  throw new Error(`${logFile} names no metrics port.`);
}

/** @param pid whose descriptors are counted. Linux only. */
export async function processState(url: string, pid: number): Promise<ProcessState> {
  const text = await (await fetch(url, { headers: { connection: "close" } })).text();
  const sum = (name: string) => sumOfSamples(text, name) ?? 0;
  return {
    resources: Object.fromEntries(
      findSamples(text, "nodejs_active_resources").map(({ labels, value }) => [labels.type ?? "other", value]),
    ),
    fileDescriptors: readdirSync(`/proc/${pid}/fd`).length,
    requestsInFlight: sum(GATEWAY_METRICS.inFlight),
    requestsQueued: sum(GATEWAY_METRICS.queueRequests),
    heapUsedMiB: sum("nodejs_heap_size_used_bytes") / 2 ** 20,
  };
}
