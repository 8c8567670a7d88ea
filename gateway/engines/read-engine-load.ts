import type { Pool } from "undici";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { findSamples, type Sample } from "../../lib/prometheus-text.ts";
import { sendUpstream } from "../http/upstream/send-upstream.ts";

/** An engine's reported load, of all gateways' requests together. */
export interface EngineLoad {
  readonly running: number;
  readonly waiting: number;
  /** From 0 to 1; the fullest of its caches where it has several. */
  readonly kvCacheUsage: number;
  /** Tokens that its KV cache holds; `undefined` where it does not report them. */
  readonly kvCacheTokens: number | undefined;
  /** When its process began, in seconds since 1970; `undefined` where it does not report it. */
  readonly startedAt: number | undefined;
}

/** vLLM's page has about 100 kB; more than this is no page of metrics. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** No gauge of an engine comes near a trillion, its start in seconds since 1970 included; what is above it is no number of one. */
const MAX_GAUGE = 1e12;

export interface QueriedEngine {
  readonly origin: string;
  readonly pool: Pool;
  /** Its number among several copies of the model in one server. */
  readonly rank?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads engines' `/metrics`. Copies of a model on one instance share its page: it is read once for all that want it at once. */
export class EngineLoads {
  /** By origin, the pages that are read now. */
  readonly #pages = new Map<string, Promise<string | undefined>>();

  /** `undefined` when the engine has no metrics, or they can't be read now. Never rejects. */
  async read(engine: QueriedEngine, timeoutMs: number): Promise<EngineLoad | undefined> {
    const { origin, rank } = engine;
    let page = this.#pages.get(origin);
    if (page === undefined) {
      page = readPage(engine, timeoutMs).finally(() => this.#pages.delete(origin));
      this.#pages.set(origin, page);
    }
    const text = await page;
    return text === undefined ? undefined : engineLoadOf(text, rank);
  }
}

/** Never rejects. */
async function readPage({ pool, headers }: QueriedEngine, timeoutMs: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await sendUpstream(pool, { method: "GET", path: "/metrics", headers, signal });
    const page = await body.whole(MAX_PAGE_BYTES);
    return page !== undefined && statusCode === 200 ? page.toString("utf8") : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param page Prometheus' text format
 * @param rank copy of the model whose load is read. @default - all of them together
 * @returns `undefined` when the page has no metric of requests, or not of this copy
 */
export function engineLoadOf(page: string, rank?: number): EngineLoad | undefined {
  const values = (name: string) => numbersOf(samplesOf(page, name, rank));
  const running = values(ENGINE_METRICS.requestsRunning);
  const waiting = values(ENGINE_METRICS.requestsWaiting);
  if (running.length === 0 && waiting.length === 0) return undefined;
  const usage = values(ENGINE_METRICS.kvCacheUsage);
  const share = Math.max(0, ...(usage.length > 0 ? usage : values(ENGINE_METRICS.kvCacheUsageBefore)));
  return {
    running: sum(running),
    waiting: sum(waiting),
    kvCacheUsage: Math.min(1, share),
    kvCacheTokens: cacheTokens(samplesOf(page, ENGINE_METRICS.cacheConfigInfo, rank)),
    startedAt: numbersOf(findSamples(page, ENGINE_METRICS.processStart))[0],
  };
}

/** One sample for each copy of the model inside the server, or that of one copy; a server of one may leave the label out. */
function samplesOf(page: string, name: string, rank: number | undefined): readonly Sample[] {
  const samples = findSamples(page, name);
  return rank === undefined ? samples : samples.filter(({ labels }) => (labels.engine ?? "0") === String(rank));
}

function numbersOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ value }) => value).filter((value) => value >= 0 && value <= MAX_GAUGE);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function cacheTokens(samples: readonly Sample[]): number | undefined {
  const tokens = samples.map(({ labels }) => Number(labels.block_size) * Number(labels.num_gpu_blocks));
  const known = sum(tokens.filter((count) => count > 0 && count <= MAX_GAUGE));
  return known > 0 ? known : undefined;
}
