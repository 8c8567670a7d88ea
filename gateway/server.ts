import "./garbage-collection.ts";
import { isMainThread } from "node:worker_threads";
import { destination } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import { listenOn } from "./http/listen.ts";
import type { LineOutput } from "./metrics/line-output.ts";
import { createMetricsServer } from "./metrics/metrics-server.ts";
import type { ThreadMetrics } from "./metrics/prometheus-exporter.ts";
import { awsDiscovery, buildGateway, createLogger, reportReady, VERSION, watchKeys } from "./serve.ts";
import { type GatewaySettings, readSettings, SettingsError } from "./settings.ts";
import { createSharedMemory } from "./shared-memory/shared-memory.ts";
import { threadCount } from "./shared-memory/thread-count.ts";
import { LogBuffer } from "./threads/log-buffer.ts";
import { runThread } from "./threads/thread.ts";
import { ThreadFleet } from "./threads/thread-fleet.ts";

/** What the log may hold back, in bytes, while it can't be written; what comes then is dropped. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

if (isMainThread) await main();
else await runThread();

async function main(): Promise<void> {
  try {
    await run(readSettings(process.env));
  } catch (error) {
    const isMessageEnough = error instanceof SettingsError || (error instanceof Error && "syscall" in error);
    console.error(isMessageEnough ? error.message : error);
    process.exit(1);
  }
}

/** Serves in this thread when one is enough; else this one supervises the serving threads, their output and metrics. */
async function run(settings: GatewaySettings): Promise<void> {
  const { config, host, metricsPort } = settings;
  const output = destination({ sync: false, maxLength: MAX_LOG_BYTES });
  // A full disk behind the log loses lines only; without a listener, the error would end the process.
  output.on("error", () => undefined);
  let isLogOpen = true;
  const lines = new LogBuffer((text) => void (isLogOpen && output.write(text)));
  // Before pino's own listener, which writes what its output has.
  process.prependListener("exit", () => lines.flush());
  const logger = createLogger(settings.logLevel, lines);
  const threads = threadCount(config);
  const { listen, drain, collect } = threads === 1 ? alone(settings, lines) : fleet(settings, lines, threads);

  let isLeaving = false;
  async function leave(signal: string): Promise<void> {
    // A second signal means now.
    if (isLeaving) process.exit(1);
    isLeaving = true;
    logger.info({ signal, drainSeconds: config.drainSeconds }, "draining");
    await drain();
    metrics.closeAllConnections();
    metrics.close();
    logger.info("drained");
    lines.flush();
    isLogOpen = false;
    await closeLog(output);
    process.exit(0);
  }
  process.on("SIGTERM", (signal) => void leave(signal));
  process.on("SIGINT", (signal) => void leave(signal));

  const own = new Registry();
  collectDefaultMetrics({ register: own });
  const metrics = createMetricsServer(async () => [...(await collect()), await own.getMetricsAsJSON()]);
  const actualMetricsPort = await listenOn(metrics, { port: metricsPort, host });
  const port = await listen();
  logger.info({ host, port, metricsPort: actualMetricsPort, threads, version: VERSION }, "listening");
  await reportReady(settings, logger);
}

interface Serving {
  /** @returns the port */
  readonly listen: () => Promise<number>;
  readonly drain: () => Promise<void>;
  readonly collect: () => Promise<readonly ThreadMetrics[]>;
}

function alone(settings: GatewaySettings, output: LineOutput): Serving {
  const memory = createSharedMemory(settings.config);
  const keyChanges = watchKeys(settings.config, memory);
  const gateway = buildGateway(settings, output, memory, 0, awsDiscovery(settings.config));
  return {
    listen: () => gateway.listen(settings.port, settings.host),
    drain: () => gateway.drain().finally(() => keyChanges?.stop()),
    collect: async () => [await gateway.metrics()],
  };
}

function fleet(settings: GatewaySettings, output: LineOutput, threads: number): Serving {
  const logger = createLogger(settings.logLevel, output);
  const memory = createSharedMemory(settings.config);
  const keyChanges = watchKeys(settings.config, memory);
  const write = (text: string) => void output.write(text);
  const entry = new URL(import.meta.url);
  const discovery = awsDiscovery(settings.config);
  const workers = new ThreadFleet({ entry, settings, memory, threads, discovery, logger, write });
  return {
    listen: () => workers.start(),
    drain: () => workers.drain().finally(() => keyChanges?.stop()),
    collect: () => workers.collect(),
  };
}

/**
 * Writes the rest of the log, for a second at most. pino's own flush at exit waits for ever when the reader of our
 * output has gone (sonic-boom repeats the write whatever the error), and so would a gateway that has to stop; a
 * destroyed output is not written to.
 */
function closeLog(output: ReturnType<typeof destination>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      output.destroy();
      resolve();
    };
    const timer = setTimeout(end, 1000);
    output.once("close", end);
    output.once("error", end);
    output.end();
  });
}
