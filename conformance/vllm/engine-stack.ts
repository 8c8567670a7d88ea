import { setTimeout as sleep } from "node:timers/promises";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { findSamples, sumOfSamples } from "../../lib/prometheus-text.ts";
import type { StartedStack } from "../../test-support/started-stack.ts";

/** The model's name in the environment of these checks. */
export const MODEL = "phi-3-mini";
/** A stream that generates for minutes. */
const ENDLESS = {
  messages: [{ role: "user", content: "Count to ten thousand." }],
  stream: true,
  max_tokens: 3000,
  ignore_eos: true,
};
/** Milliseconds between two looks at metrics. */
const LOOK_MS = 200;

/** A request that runs until its end or its abort. */
export interface OpenRequest {
  readonly response: Promise<Response>;
  /** Whether its response has come whole, or failed. */
  hasEnded(): boolean;
  /** Disconnects, and waits until the client's side is over. */
  abort(): Promise<void>;
}

/** A started stack whose engines are vLLM: its gateway, and each engine's own address beside it. */
export class EngineStack {
  /** The interpreter of vLLM's installation. */
  readonly python: string;
  readonly #stack: Pick<StartedStack, "state">;
  readonly #key: string;

  constructor(stack: Pick<StartedStack, "state">, key: string, python: string) {
    this.#stack = stack;
    this.#key = key;
    this.python = python;
  }

  get apiUrl(): string {
    return this.#stack.state.apiUrl;
  }

  /** Addresses of the engines, which listen beside the gateway. */
  get engines(): readonly string[] {
    return this.#stack.state.processes.filter(({ role }) => role === "engine").map(({ url }) => url);
  }

  /** An engine's page of metrics. */
  async engineMetrics(engine: string): Promise<string> {
    return await (await fetch(`${engine}/metrics`)).text();
  }

  /** One of an engine's metrics, over its labels; 0 before it has one. */
  async engineMetric(engine: string, name: string): Promise<number> {
    return sumOfSamples(await this.engineMetrics(engine), name) ?? 0;
  }

  /** Requests that an engine computes or holds in its queue. */
  async load(engine: string): Promise<number> {
    const page = await this.engineMetrics(engine);
    const { requestsRunning, requestsWaiting } = ENGINE_METRICS;
    return (sumOfSamples(page, requestsRunning) ?? 0) + (sumOfSamples(page, requestsWaiting) ?? 0);
  }

  /** A metric of the gateway, added up over the series with these labels. */
  async gatewayMetric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const url = this.#stack.state.processes.find(({ metricsUrl }) => metricsUrl !== undefined)?.metricsUrl;
    const page = await (await fetch(url ?? "")).text();
    const found = findSamples(page, name).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  /** A request to the gateway, or straight to an engine. */
  post(path: string, body: object, { to = this.apiUrl, signal }: { to?: string; signal?: AbortSignal } = {}) {
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.#key}` };
    return fetch(`${to}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ model: MODEL, ...body }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** A request that its client can leave. */
  open(path: string, body: object, to: string = this.apiUrl): OpenRequest {
    const abort = new AbortController();
    const response = this.post(path, body, { to, signal: abort.signal });
    let hasEnded = false;
    const ended = response
      .then((each) => each.text())
      .catch(() => undefined)
      .then(() => {
        hasEnded = true;
      });
    return {
      response,
      hasEnded: () => hasEnded,
      abort: async () => {
        abort.abort();
        await ended;
      },
    };
  }

  /** Fills engines with streams of their own until each holds so many requests. @returns what ends them */
  async fill(engines: readonly string[], count: number): Promise<() => Promise<void>> {
    const streams = engines.flatMap((engine) =>
      Array.from({ length: count }, () => this.open("/v1/chat/completions", ENDLESS, engine)),
    );
    const release = async () => {
      for (const stream of streams) await stream.abort();
      for (const engine of engines) await this.untilIdle(engine);
    };
    try {
      for (const engine of engines)
        await until(`${engine} holds ${count} requests`, async () => (await this.load(engine)) >= count);
    } catch (error) {
      await release();
      throw error;
    }
    return release;
  }

  /** Waits until an engine holds no request. */
  async untilIdle(engine: string, seconds = 20): Promise<void> {
    await until(`${engine} holds no request`, async () => (await this.load(engine)) === 0, seconds);
  }
}

/** Waits until something holds. @throws naming it, when that takes longer */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(LOOK_MS);
  }
}
