import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { percentiles } from "../../lib/percentile.ts";

export interface Load {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: unknown;
  /** Arrivals per second, evenly spaced and independent of responses. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Sample {
  /** Milliseconds from the planned arrival to the first byte of the body. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly ok: boolean;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Figures {
  readonly requests: number;
  readonly failed: number;
  readonly firstByteMs: Percentiles;
  readonly totalMs: Percentiles;
}

/** Sends requests at a fixed rate. Time counts from the planned arrival, so that a slow server can't hide. */
export async function openLoop({ origin, headers, path, body, rate, seconds }: Load): Promise<readonly Sample[]> {
  const pool = new Pool(origin, { connections: 512, pipelining: 1 });
  const text = JSON.stringify(body);
  const pending: Promise<Sample>[] = [];
  const start = performance.now();
  for (let count = 0; count < rate * seconds; count++) {
    const due = start + (count * 1000) / rate;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    pending.push(one(pool, path, due, headers, text));
  }
  const samples = await Promise.all(pending);
  await pool.close();
  return samples;
}

async function one(
  pool: Pool,
  path: string,
  planned: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Sample> {
  // Timers have a resolution of a millisecond: a request may be sent a little before its time.
  const due = Math.min(planned, performance.now());
  try {
    const request = { method: "POST", path, body } as const;
    const response = await pool.request({ ...request, headers: { "content-type": "application/json", ...headers } });
    let first = 0;
    for await (const _ of response.body) first ||= performance.now();
    return { firstByteMs: first - due, totalMs: performance.now() - due, ok: response.statusCode === 200 };
  } catch {
    return { firstByteMs: Number.NaN, totalMs: Number.NaN, ok: false };
  }
}

export function figures(samples: readonly Sample[]): Figures {
  const good = samples.filter(({ ok }) => ok);
  return {
    requests: samples.length,
    failed: samples.length - good.length,
    firstByteMs: percentiles(
      good.map(({ firstByteMs }) => firstByteMs),
      2,
    ),
    totalMs: percentiles(
      good.map(({ totalMs }) => totalMs),
      2,
    ),
  };
}
