import { type ChildProcess, spawn } from "node:child_process";
import { Agent, get } from "node:http";
import { beforeAll, expect, onTestFinished } from "vitest";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { type FakeEngineBehaviour, startFakeEngine } from "../../test-support/fake-engine.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { buildGateway } from "../build.ts";
import { testConfig } from "./test-gateway.ts";

let bundle: string | undefined;

/**
 * Builds the bundle that instances run, once for all test files. Every thread of it starts three times as fast as one that
 * loads the sources.
 */
export function withGatewayBundle(): void {
  beforeAll(async () => {
    const { result } = await sharedBuild({ name: "gateway", build: buildGateway });
    bundle = result.path;
  });
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

/** The bundle with these variables and no others; it ends with the test. @throws in a file without `withGatewayBundle()` */
export function startProcess(environment: Record<string, string>): GatewayProcess {
  if (bundle === undefined) throw new Error("there is no bundle; call withGatewayBundle() at the top of the test file");
  const child = spawn(process.execPath, [bundle], { env: { PATH: process.env.PATH, ...environment } });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, output: () => text, exit };
}

/** A gateway process with one engine, found through AWS calls. */
export async function startServing(
  config: Parameters<typeof testConfig>[0] = {},
  behaviour: Partial<FakeEngineBehaviour> = {},
  model: Parameters<typeof testConfig>[1] = {},
  environment: Record<string, string> = {},
) {
  const engine = await startFakeEngine(behaviour);
  const aws = await startFakeAws();
  aws.targets.set("arn:tiny", [{ instanceId: "i-0abc", port: engine.port, address: "127.0.0.1", state: "initial" }]);
  const server = startProcess({
    ...aws.environment,
    ...environment,
    SLUICE_CONFIG: JSON.stringify(testConfig(config, model)),
    SLUICE_HOST: "127.0.0.1",
    SLUICE_PORT: "0",
    SLUICE_METRICS_PORT: "0",
  });
  onTestFinished(async () => {
    await engine.stop();
    await aws.stop();
  });
  const listening = await eventually(
    () => {
      const line = server
        .output()
        .split("\n")
        .find((text) => text.includes('"listening"'));
      expect(line).toBeDefined();
      return JSON.parse(line ?? "{}") as { port: number; metricsPort: number };
    },
    { timeoutMs: 60_000 },
  );
  const url = `http://127.0.0.1:${listening.port}`;
  await eventually(async () => expect((await fetch(`${url}/health`)).status).toBe(200), { timeoutMs: 60_000 });
  return { ...server, engine, aws, url, metricsUrl: `http://127.0.0.1:${listening.metricsPort}/metrics` };
}

/** The status of a GET over a new connection, so that the kernel assigns it to any thread. */
export function getOnce(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent: new Agent() }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    }).on("error", reject);
  });
}
