import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TERMINATE_EVENT, TERMINATE_HOOK } from "../../contracts/processes/engine-drain.ts";
import { type FakeAws, startFakeAws } from "../../test-support/fake-aws.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import { buildLambdas } from "../build.ts";

const root = join(import.meta.dirname, "../..");
const targetGroupArn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/engines/1";
let folder: string;
let aws: FakeAws;
/** Requests that the engine reports, one number per call; the last one repeats. */
let loads: number[] = [];
const engine = createServer((_request, response) => {
  const load = loads.length > 1 ? loads.shift() : loads[0];
  response.end(`vllm:num_requests_running ${load}\nvllm:num_requests_waiting 0\n`);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-drain-"));
  const { result: bundles } = await sharedBuild({ name: "lambdas", build: buildLambdas });
  const { path } = bundles.find(({ name }) => name === "drain-engine")!;
  await writeFile(join(folder, "index.js"), unzipSync(await readFile(path))["index.js"]!);
  engine.listen(0, "127.0.0.1");
  await new Promise((resolve) => engine.once("listening", resolve));
});
beforeEach(async () => {
  await aws?.stop();
  aws = await startFakeAws();
  const port = (engine.address() as AddressInfo).port;
  aws.targets.set(targetGroupArn, [{ instanceId: "i-1", port, address: "127.0.0.1", state: "healthy" }]);
});
afterAll(async () => {
  engine.close();
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});

const event = (drainSeconds: number, overrides: Record<string, unknown> = {}) => ({
  source: "aws.autoscaling",
  "detail-type": TERMINATE_EVENT,
  time: new Date().toISOString(),
  detail: {
    EC2InstanceId: "i-1",
    AutoScalingGroupName: "sluice-test-engine-phi",
    LifecycleHookName: TERMINATE_HOOK,
    LifecycleActionToken: "token-1",
    LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    NotificationMetadata: JSON.stringify({ targetGroupArn, port: 8000, drainSeconds }),
    ...overrides,
  },
});

/** Runs the built bundle as Lambda does: a process of its own, with the SDK outside the bundle. */
async function invoke(payload: unknown): Promise<{ readonly error?: string; readonly log: string }> {
  const script = `
    require(process.argv[1]).handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 60000 }).then(
      () => {},
      (error) => { console.error(error.message); process.exitCode = 3; },
    )`;
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["-e", script, join(folder, "index.js"), JSON.stringify(payload)],
      { env: { NODE_PATH: join(root, "node_modules"), ...aws.environment } },
    );
    return { log: stdout };
  } catch (error) {
    return { error: (error as { stderr: string }).stderr, log: "" };
  }
}

const lastQuery = () => aws.queries.at(-1);

describe("drain-engine", () => {
  test("deregisters the engine, waits for its requests and completes the lifecycle hook", async () => {
    loads = [2, 1, 0];
    const { log, error } = await invoke(event(60));
    expect(error).toBeUndefined();
    expect(JSON.parse(log)).toMatchObject({ event: "drained", instanceId: "i-1", outcome: "drained" });
    expect(aws.calls).toEqual([
      "DescribeTargetHealth",
      "DescribeInstances",
      "DeregisterTargets",
      "CompleteLifecycleAction",
    ]);
    expect(aws.queries[2]).toMatchObject({ TargetGroupArn: targetGroupArn, "Targets.member.1.Id": "i-1" });
    expect(lastQuery()).toMatchObject({
      AutoScalingGroupName: "sluice-test-engine-phi",
      LifecycleHookName: TERMINATE_HOOK,
      LifecycleActionToken: "token-1",
      InstanceId: "i-1",
      LifecycleActionResult: "CONTINUE",
    });
  });

  const forgetInstance = () => {
    const [target] = aws.targets.get(targetGroupArn)!;
    aws.targets.set(targetGroupArn, [{ ...target!, unknownToEc2: true }]);
  };

  test("does not wait for an instance that EC2 does not have any more", async () => {
    forgetInstance();
    const { log } = await invoke(event(60));
    expect(JSON.parse(log)).toMatchObject({ outcome: "gone" });
    expect(aws.calls.at(-1)).toBe("CompleteLifecycleAction");
  });

  test("a hook that is over already is no failure", async () => {
    forgetInstance();
    const message = "No active Lifecycle Action found with token token-1";
    const body = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error>`;
    aws.responses.set("CompleteLifecycleAction", [400, `<ErrorResponse>${body}</ErrorResponse>`]);
    expect((await invoke(event(60))).error).toBeUndefined();
  });

  test("fails when AWS does, so that Lambda tries again", async () => {
    const body = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not yours</Message></Error>";
    aws.responses.set("DeregisterTargets", [403, `<ErrorResponse>${body}</ErrorResponse>`]);
    expect((await invoke(event(60))).error).toMatch(/not yours/);
    expect(aws.calls).not.toContain("CompleteLifecycleAction");
  });

  test("refuses an event whose hook has no metadata", async () => {
    expect((await invoke(event(60, { NotificationMetadata: "{}" }))).error).toMatch(/targetGroupArn/);
    expect(aws.calls).toEqual([]);
  });
});
