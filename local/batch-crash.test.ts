import { expect, onTestFinished, test } from "vitest";
import { testConfig } from "../gateway/test/test-gateway.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
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
import { startGatewayChild } from "./test/gateway-child.ts";

const ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/tiny";

/** Preloaded: the clock of the process is half a minute ahead, at which the leases of a dead gateway are over. */
const LATER = "data:text/javascript,const now = Date.now; Date.now = () => now() + 31_000;";

function startProcess(awsUrl: string, nodeOptions: readonly string[] = []) {
  const config = testConfig({ batches: { ...BATCHES, maxLinesInFlight: 4 } }, { targetGroupArn: ARN });
  return startGatewayChild({ command: [...nodeOptions, "gateway/server.ts"], awsUrl, config });
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
  await eventually(() => expect(engine.received.length).toBeGreaterThan(70), { timeoutMs: 60_000 });
  first.child.kill("SIGKILL");

  const second = await startProcess(storage.url, ["--import", LATER]);
  const client = openAi(second.url);
  const over = await until(client, batch.id, isOver, 120_000);
  expect(over).toMatchObject({ status: "completed", request_counts: { total: 200, completed: 200, failed: 0 } });
  const results = await resultsOf(client, over.output_file_id);
  expect(results.map(({ custom_id }) => custom_id).sort()).toEqual(lines.map(({ custom_id }) => custom_id).sort());
  // What was sent twice is at most the slices that the dead gateway had not finished: it works on two at once.
  expect(engine.received.length).toBeLessThanOrEqual(200 + 2 * 50);
}, 200_000);
