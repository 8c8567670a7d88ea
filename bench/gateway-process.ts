import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayConfig } from "../contracts/gateway-config.ts";
import { newApiKey } from "../domain/api-key.ts";
import type { FakeAws } from "../test-support/fake-aws.ts";

export interface GatewayProcess {
  readonly origin: string;
  readonly key: string;
  stop(): Promise<void>;
}

/** A gateway in a process of its own, keys required, limits on but out of reach, one engine. */
export async function startGatewayProcess(aws: FakeAws, enginePort: number): Promise<GatewayProcess> {
  const { keyId, hash, secret } = newApiKey();
  aws.keys.set(keyId, { keyId, hash, name: "bench", plan: "standard", createdAt: "2026-01-01T00:00:00Z" });
  aws.targets.set("arn:tiny", [{ instanceId: "i-1", port: enginePort, address: "127.0.0.1", state: "healthy" }]);
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "gateway", "server.ts")], {
    env: {
      ...aws.environment,
      SLUICE_CONFIG: JSON.stringify(CONFIG),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_PORT: "0",
      SLUICE_METRICS_PORT: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (!PORT.test(output)) output += chunk.toString();
  });
  while (!PORT.test(output)) await sleep(20);
  const port = PORT.exec(output)?.[1];
  const origin = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${origin}/health`)).ok) await sleep(50);
  return {
    origin,
    key: secret,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** In the log line that says where it listens. */
const PORT = /"port":(\d+)/;

const CONFIG: GatewayConfig = {
  environment: "bench",
  stage: "live",
  auth: "required",
  keysTable: "keys",
  requestsPerMinutePerIp: 10_000_000,
  bodyLimitBytes: 1_000_000,
  corsOrigins: ["*"],
  timeouts: { firstByteSeconds: 30, totalSeconds: 30, idleSeconds: 30 },
  routeTimeouts: {},
  drainSeconds: 5,
  threads: 1,
  engineListenerUrl: "http://127.0.0.1:9",
  models: [
    {
      id: "tiny",
      contextTokens: 4096,
      targetGroupArn: "arn:tiny",
      engineHost: "tiny.engines.internal",
      maxRequestsPerEngine: 4096,
    },
  ],
};
