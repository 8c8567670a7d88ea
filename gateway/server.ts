import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { destination, pino } from "pino";
import manifest from "../package.json" with { type: "json" };
import { createGateway } from "./app.ts";
import { TargetGroupDiscovery } from "./engines/target-group-discovery.ts";
import { CachedKeyStore } from "./keys/cached-key-store.ts";
import { DynamoKeyStore } from "./keys/dynamo-key-store.ts";
import { type GatewaySettings, readSettings, SettingsError } from "./settings.ts";

/** Discovery may take its time: the last known engines serve meanwhile. */
const DISCOVERY_TIMEOUT_MS = 2000;

try {
  await run(readSettings(process.env));
} catch (error) {
  const isTold = error instanceof SettingsError || (error instanceof Error && "syscall" in error);
  console.error(isTold ? error.message : error);
  process.exit(1);
}

async function run({ config, host, port, metricsPort, logLevel }: GatewaySettings): Promise<void> {
  const output = destination({ sync: false });
  const logger = pino({ level: logLevel, base: null, formatters: { level: (label) => ({ level: label }) } }, output);
  const gateway = createGateway({
    config,
    logger,
    version: manifest.version,
    writeMetrics: (line) => output.write(`${line}\n`),
    discovery: new TargetGroupDiscovery({
      elb: new ElasticLoadBalancingV2Client({ maxAttempts: 2 }),
      ec2: new EC2Client({ maxAttempts: 2 }),
      timeoutMs: DISCOVERY_TIMEOUT_MS,
    }),
    keys: new CachedKeyStore({
      now: () => performance.now(),
      store: new DynamoKeyStore({
        client: DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 2 })),
        tableName: config.keysTable,
      }),
    }),
  });

  let isLeaving = false;
  async function leave(signal: string): Promise<void> {
    // A second signal means now.
    if (isLeaving) process.exit(1);
    isLeaving = true;
    logger.info({ signal, drainSeconds: config.drainSeconds }, "draining");
    await gateway.drain();
    logger.info("drained");
    await closeLog(output);
    process.exit(0);
  }
  process.on("SIGTERM", (signal) => void leave(signal));
  process.on("SIGINT", (signal) => void leave(signal));

  const actualMetricsPort = await gateway.listenMetrics(metricsPort, host);
  const actualPort = await gateway.listen(port, host);
  logger.info({ host, port: actualPort, metricsPort: actualMetricsPort, version: manifest.version }, "listening");
}

/**
 * Writes what is left of the log, for a second at most. pino's own way at exit waits for ever when the reader of our
 * output has gone (sonic-boom repeats the write whatever the error), and so would a gateway that is asked to leave;
 * a destroyed output is left alone.
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
