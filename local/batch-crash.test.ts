import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { ENV } from "../contracts/processes/process-environment.ts";
import { testConfig } from "../gateway/test/test-gateway.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { TargetGroup } from "./services/elb/target-group.ts";
import {
  BATCHES,
  chatRequest,
  isOver,
  openAi,
  resultsOf,
  startBatchStorage,
  submit,
  until,
} from "./test/batch-storage.ts";

const ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/tiny";

/** Preloaded: the clock of the process is half a minute ahead, at which the leases of a dead gateway are over. */
const LATER = "data:text/javascript,const now = Date.now; Date.now = () => now() + 31_000;";

/** A gateway as a process of its own; resolves with its address when it listens. */
async function startProcess(
  awsUrl: string,
  nodeOptions: readonly string[] = [],
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const config = testConfig({ batches: { ...BATCHES, maxLinesInFlight: 4 } }, { targetGroupArn: ARN });
  const child = spawn(process.execPath, [...nodeOptions, "gateway/server.ts"], {
    env: {
      AWS_ENDPOINT_URL: awsUrl,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      [ENV.gatewayConfig]: JSON.stringify(config),
      [ENV.host]: "127.0.0.1",
      [ENV.port]: "0",
      [ENV.metricsPort]: "0",
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

// documented: batch-survives-crash
test("a gateway that is killed in the middle of a batch loses no line and doubles no result", async () => {
  const engine = await startFakeEngine({ intervalMs: 30 });
  onTestFinished(() => engine.stop());
  const group = new TargetGroup(ARN, { health_check: { interval: 3600 } });
  onTestFinished(() => group.stop());
  group.register("i-0a", engine.port);
  for (const target of group.targets) target.state = "healthy";
  const storage = await startBatchStorage((arn) => (arn === ARN ? group : undefined));

  const first = await startProcess(storage.url);
  const lines = Array.from({ length: 200 }, (_, index) => chatRequest(`line-${index}`));
  const batch = await submit(openAi(first.url), lines);
  // One slice of 50 is done, others are in progress.
  await vi.waitFor(() => expect(engine.received.length).toBeGreaterThan(70), 60_000);
  first.child.kill("SIGKILL");

  const second = await startProcess(storage.url, ["--import", LATER]);
  const client = openAi(second.url);
  const over = await until(client, batch.id, isOver, 120_000);
  expect(over).toMatchObject({ status: "completed", request_counts: { total: 200, completed: 200, failed: 0 } });
  const results = await resultsOf(client, over.output_file_id);
  expect(results.map(({ custom_id }) => custom_id).sort()).toEqual(lines.map(({ custom_id }) => custom_id).sort());
  // What was sent twice is at most the slices that the dead gateway had not finished.
  expect(engine.received.length).toBeLessThan(200 + 2 * 50);
}, 200_000);
