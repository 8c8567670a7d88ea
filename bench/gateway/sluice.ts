import { cpus } from "node:os";
import { join } from "node:path";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { gatewayNodeVariables } from "../../contracts/processes/process-environment.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { buildGateway } from "../../gateway/build.ts";
import { freePort } from "../../lib/free-port.ts";
import manifest from "../../package.json" with { type: "json" };
import type { FakeAws } from "../../test-support/fake-aws.ts";
import { GATEWAY_CONFIG } from "../../test-support/gateway-config.ts";
import { type System, startSystem } from "./systems.ts";

export interface ProcessOptions {
  /** Options of Node itself, e.g. `--inspect`. */
  readonly nodeOptions?: readonly string[];
  /** Whether `<folder>/server.mjs.map` is written beside the bundle. */
  readonly sourceMap?: boolean;
}

/**
 * A gateway with all features on: keys required, limits (out of reach), metering, metrics, a log line for each request.
 * With one thread it has the system's core, with several every core.
 * @param settings instead of the usual ones, which have no cache
 */
export async function startSluice(
  aws: FakeAws,
  upstreamPorts: number | readonly number[],
  folder: string,
  threads = 1,
  settings: Partial<GatewayConfig> = {},
  { nodeOptions = [], sourceMap = false }: ProcessOptions = {},
): Promise<System> {
  const { keyId, hash, secret } = newApiKey();
  aws.keys.set(keyId, { keyId, hash, name: "bench", plan: "standard", createdAt: "2026-01-01T00:00:00Z" });
  const ports = [upstreamPorts].flat();
  const targets = ports.map((port, index) => ({
    instanceId: `i-${index + 1}`,
    port,
    address: "127.0.0.1",
    state: "healthy",
  }));
  aws.targets.set("arn:tiny", targets);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // The very file that instances run: sources cost memory that is not the gateway's.
  const { path } = await buildGateway(folder, { sourceMap });
  return await startSystem({
    name: "sluice",
    version: manifest.version,
    origin,
    headers: { authorization: `Bearer ${secret}` },
    rates: { json: 500, sse: 200 },
    command: [process.execPath, ...nodeOptions, path],
    environment: {
      ...aws.environment,
      ...gatewayNodeVariables(threads),
      SLUICE_CONFIG: JSON.stringify({ ...CONFIG, threads, ...settings }),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_PORT: String(port),
      SLUICE_METRICS_PORT: "0",
    },
    logFile: join(folder, "sluice.log"),
    readyUrl: `${origin}/health`,
    ...(threads === 1 ? {} : { cores: `0-${cpus().length - 1}` }),
  });
}

const CONFIG: GatewayConfig = {
  ...GATEWAY_CONFIG,
  environment: "bench",
  auth: "required",
  keysTable: "keys",
  requestsPerMinutePerIp: 10_000_000,
  bodyLimitBytes: 1_000_000,
  timeouts: { firstByteSeconds: 30, totalSeconds: 30, idleSeconds: 30 },
  queue: { maxRequests: 1000, maxBytes: 100_000_000, waitSeconds: 10, wakeSeconds: 0, maxShareOfTenant: 1 },
  models: GATEWAY_CONFIG.models.map((tiny) => ({ ...tiny, maxRequestsPerEngine: 4096 })),
};
