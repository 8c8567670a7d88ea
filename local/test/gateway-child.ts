import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";

export interface GatewayChildOptions {
  /** What Node.js runs: the gateway's entry, after options of its own. */
  readonly command: readonly string[];
  /** Where AWS is. */
  readonly awsUrl: string;
  readonly config: GatewayConfig;
  /** Further variables. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A gateway as a process of its own, which a test may kill; it ends with the test. Resolves when it listens. */
export async function startGatewayChild({ command, awsUrl, config, variables = {} }: GatewayChildOptions) {
  const child = spawn(process.execPath, command, {
    env: {
      AWS_ENDPOINT_URL: awsUrl,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      [ENV.gatewayConfig]: JSON.stringify(config),
      [ENV.host]: "127.0.0.1",
      [ENV.port]: "0",
      [ENV.metricsPort]: "0",
      ...variables,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const { msg, port } = JSON.parse(line) as { msg?: string; port: number };
      if (msg === "listening") resolve(port);
    });
  });
  return { url: `http://127.0.0.1:${port}`, child };
}
