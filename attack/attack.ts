import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { LocalState } from "../contracts/processes/local-state.ts";
import type { ProbeData } from "./loop-probe.ts";
import { sendShape } from "./send-shape.ts";
import { hostileShapes } from "./shapes.ts";

/** No request may hold a serving thread for longer. What a probe waits on an idle machine is a few of these. */
const MAX_HOLD_MS = 50;
/** Each shape so often: the least of the holds is the shape's own, the others have the machine's noise. */
const ROUNDS = 3;
/** Where `npm start` writes what runs. */
const STATE_FILE = ".sluice/local.json";

interface Stack {
  readonly url: string;
  /** Of the gateway, where it runs on this machine. */
  readonly pid: number | undefined;
  /** @default 3 */
  readonly rounds?: number;
}

interface Row {
  readonly shape: string;
  readonly status: number;
  readonly holdMs: number;
  readonly memoryMiB: number | undefined;
  readonly verdict: "ok" | "slow" | "wrong status";
}

/** Sends every shape to a running stack. @returns a row for each */
export async function attack({ url, pid, rounds = ROUNDS }: Stack, onRow: (row: Row) => void): Promise<readonly Row[]> {
  const model = await firstModel(url);
  const workerData: ProbeData = { probeUrl: `${url}/livez` };
  const probe = new Worker(new URL("loop-probe.ts", import.meta.url), { workerData });
  const takeHold = async (): Promise<number> => {
    probe.postMessage("take");
    const [worst]: unknown[] = await once(probe, "message");
    return Number(worst);
  };
  const rows: Row[] = [];
  for (const shape of hostileShapes(model)) {
    let [status, holdMs] = [0, Number.POSITIVE_INFINITY];
    for (let round = 0; round < rounds; round++) {
      await takeHold();
      status = await sendShape(url, shape, process.env.SLUICE_API_KEY);
      holdMs = Math.min(holdMs, await takeHold());
    }
    const verdict = !shape.statuses.includes(status) ? "wrong status" : holdMs > MAX_HOLD_MS ? "slow" : "ok";
    const row: Row = { shape: shape.name, status, holdMs, memoryMiB: residentMiB(pid), verdict };
    rows.push(row);
    onRow(row);
  }
  await probe.terminate();
  return rows;
}

async function firstModel(url: string): Promise<string> {
  const key = process.env.SLUICE_API_KEY;
  const response = await fetch(
    `${url}/v1/models`,
    key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
  );
  const { data } = (await response.json()) as { readonly data?: readonly { readonly id: string }[] };
  const model = data?.[0]?.id;
  if (model !== undefined) return model;
  throw new Error(`${url}/v1/models lists no model (${response.status}); set SLUICE_API_KEY where keys are required.`);
}

function residentMiB(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

function runningStack(): Stack {
  const [address] = process.argv.slice(2);
  if (address !== undefined) return { url: address.replace(/\/$/, ""), pid: undefined };
  try {
    const { processes } = LocalState.parse(JSON.parse(readFileSync(STATE_FILE, "utf8")));
    const gateway = processes.find(({ role }) => role === "gateway");
    if (gateway !== undefined) return { url: new URL(gateway.url).origin, pid: gateway.pid };
  } catch {
    // No stack runs here.
  }
  throw new Error(
    "No local stack runs; start one with `npm start`, or name a gateway: npm run attack -- http://127.0.0.1:8080",
  );
}

async function main(): Promise<void> {
  const print = (...cells: readonly string[]) =>
    process.stdout.write(
      `${cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(12))).join("")}\n`,
    );
  print("shape", "status", "hold ms", "memory MiB", "verdict");
  const rows = await attack(runningStack(), ({ shape, status, holdMs, memoryMiB, verdict }) =>
    print(shape, String(status), holdMs.toFixed(1), memoryMiB?.toFixed(0) ?? "-", verdict),
  );
  const bad = rows.filter(({ verdict }) => verdict !== "ok").length;
  process.stdout.write(`${rows.length} shapes, ${bad} not as they should be\n`);
  process.exitCode = bad === 0 ? 0 : 1;
}

if (import.meta.main) await main();
