import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Requests `/livez` again and again. When it is asked, it waits for the request that runs and posts the longest hold since
 * it was last asked: the time that a request waited, of which what the gateway's process computed meanwhile counts, so
 * that other programs on the machine add nothing. Its thread does nothing else.
 */
const PAUSE_MS = 2;
const NANOSECONDS = 1e6;

export interface ProbeData {
  /** Address of `/livez`. */
  readonly probeUrl: string;
  /** Of the gateway, where it runs on this machine. */
  readonly pid: number | undefined;
}

let worstMs = 0;
let isTaken = false;

function probe({ probeUrl, pid }: ProbeData): void {
  const before = performance.now();
  const computedBefore = computedMs(pid);
  const next = () => {
    const waited = performance.now() - before;
    worstMs = Math.max(worstMs, Math.min(waited, computedMs(pid) - computedBefore || waited));
    if (isTaken) {
      parentPort?.postMessage(worstMs);
      worstMs = 0;
      isTaken = false;
    }
    setTimeout(() => probe({ probeUrl, pid }), PAUSE_MS);
  };
  // Each over a connection of its own: the threads of a gateway take turns at those.
  get(probeUrl, { agent: false }, (response) => response.resume().on("close", next)).on("error", next);
}

/** CPU time of all threads of a process so far, as Linux counts it; `NaN` elsewhere. */
function computedMs(pid: number | undefined): number {
  if (pid === undefined) return Number.NaN;
  try {
    const folder = `/proc/${pid}/task`;
    const times = readdirSync(folder).map((thread) => readFileSync(`${folder}/${thread}/schedstat`, "utf8"));
    return times.reduce((sum, time) => sum + Number.parseInt(time, 10), 0) / NANOSECONDS;
  } catch {
    return Number.NaN;
  }
}

if (parentPort !== null) {
  parentPort.on("message", () => {
    isTaken = true;
  });
  probe(workerData as ProbeData);
}
