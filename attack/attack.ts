import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { batchShapes } from "./batch-shapes.ts";
import type { ProbeData } from "./loop-probe.ts";
import { OWN_CONNECTION } from "./own-connection.ts";
import { sendBatch } from "./send-batch.ts";
import { sendShape } from "./send-shape.ts";
import type { Shape } from "./shape.ts";
import { hostileShapes } from "./shapes.ts";

/** No request may hold a serving thread for longer. What a probe waits on an idle machine is a few of these. */
const MAX_HOLD_MS = 50;
/** No shape, however often it is sent, may add more to the process. Its bodies are a megabyte; the heap grows and shrinks by itself. */
const MAX_GROWTH_MIB = 256;
/** Each shape so often: the least of the holds is the shape's own, the others have the machine's noise. */
const ROUNDS = 3;
/** Refusals by a limit on requests per minute, or while engines aren't ready, that are waited out. */
const MAX_WAITS = 3;
const WAITED_FOR = [429, 503];

export interface AttackOptions {
  readonly url: string;
  /** Of the gateway, where it runs on this machine. */
  readonly pid: number | undefined;
  /** Sent with every shape; files and batches need one. @default - none is sent, and no batch is made */
  readonly key?: string | undefined;
  /** @default 3 */
  readonly rounds?: number;
  /** Called before a wait after a response with this status. */
  readonly onWait?: (status: number, seconds: number) => void;
}

export type Verdict = "ok" | "slow" | "too much memory" | "wrong status";

/** What came of one shape. */
export interface Row {
  readonly shape: string;
  /** Of HTTP or a WebSocket; a batch's state. */
  readonly status: string;
  /** The longest hold of a request beside it, in milliseconds. */
  readonly holdMs: number;
  readonly memoryMiB: number | undefined;
  readonly verdict: Verdict;
}

/** Sends every shape to a running gateway. @returns a row for each */
export async function attack(options: AttackOptions, onRow: (row: Row) => void): Promise<readonly Row[]> {
  const { url, pid, key } = options;
  const model = await firstModel(url, key);
  const probe = startProbe(url, pid);
  const rows: Row[] = [];
  const measure = async (shape: string, isRight: (status: string) => boolean, send: () => Promise<string>) => {
    let [status, holdMs] = ["", Number.POSITIVE_INFINITY];
    const memoryBefore = residentMiB(pid);
    for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
      await probe.take();
      status = await send();
      holdMs = Math.min(holdMs, await probe.take());
    }
    const memoryMiB = residentMiB(pid);
    const grownMiB = (memoryMiB ?? 0) - (memoryBefore ?? 0);
    const row: Row = { shape, status, holdMs, memoryMiB, verdict: verdictOf(isRight(status), holdMs, grownMiB) };
    rows.push(row);
    onRow(row);
  };
  for (const shape of hostileShapes(model))
    await measure(
      shape.name,
      (status) => shape.statuses.includes(Number(status)),
      () => statusOf(shape, options),
    );
  if (key !== undefined)
    for (const shape of batchShapes(model))
      await measure(
        shape.name,
        (state) => shape.states.includes(state),
        () => sendBatch({ url, key }, shape),
      );
  await probe.stop();
  return rows;
}

export function verdictOf(isRightStatus: boolean, holdMs: number, grownMiB: number): Verdict {
  if (!isRightStatus) return "wrong status";
  if (holdMs > MAX_HOLD_MS) return "slow";
  return grownMiB > MAX_GROWTH_MIB ? "too much memory" : "ok";
}

/** Waits where an edge in front of the gateway counts all shapes for one address, or the shape before still occupies the engines. */
async function statusOf(shape: Shape, { url, key, onWait }: AttackOptions): Promise<string> {
  for (let waits = 0; ; waits++) {
    const { status, retryAfterSeconds } = await sendShape(url, shape, key);
    const isWaitedFor = WAITED_FOR.includes(status) && retryAfterSeconds !== undefined && waits < MAX_WAITS;
    if (!isWaitedFor) return String(status);
    onWait?.(status, retryAfterSeconds);
    await sleep(retryAfterSeconds * 1000);
  }
}

function startProbe(url: string, pid: number | undefined) {
  const workerData: ProbeData = { probeUrl: `${url}/livez`, pid };
  const worker = new Worker(new URL("loop-probe.ts", import.meta.url), { workerData });
  return {
    take: async (): Promise<number> => {
      worker.postMessage("take");
      const [worst]: unknown[] = await once(worker, "message");
      return Number(worst);
    },
    stop: () => worker.terminate(),
  };
}

async function firstModel(url: string, key: string | undefined): Promise<string> {
  const headers = { ...OWN_CONNECTION, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  const response = await fetch(`${url}/v1/models`, { headers });
  const { data } = (await response.json()) as { readonly data?: readonly { readonly id: string }[] };
  const model = data?.[0]?.id;
  if (model !== undefined) return model;
  throw new Error(`${url}/v1/models lists no model (${response.status}); set --key or SLUICE_API_KEY to a valid key.`);
}

function residentMiB(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}
