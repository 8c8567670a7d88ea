import { get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** Asks for `/livez` again and again and posts the longest wait when it is asked for it. Its thread does nothing else. */
const PAUSE_MS = 2;
let worstMs = 0;

function probe(url: string): void {
  const before = performance.now();
  const next = () => {
    worstMs = Math.max(worstMs, performance.now() - before);
    setTimeout(() => probe(url), PAUSE_MS);
  };
  get(url, (response) => response.resume().on("close", next)).on("error", next);
}

export interface ProbeData {
  /** Address of `/livez`. */
  readonly probeUrl: string;
}

if (parentPort !== null) {
  const { probeUrl } = workerData as ProbeData;
  parentPort.on("message", () => {
    parentPort?.postMessage(worstMs);
    worstMs = 0;
  });
  probe(probeUrl);
}
