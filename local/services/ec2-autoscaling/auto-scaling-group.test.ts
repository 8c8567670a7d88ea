import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../lib/free-port.ts";
import { isProcessAlive } from "../../../lib/is-process-alive.ts";
import { call, temporaryFolder } from "../../test/tools.ts";
import { TargetGroup } from "../elb/target-group.ts";
import { AutoScalingGroup, type AutoScalingGroupOptions } from "./auto-scaling-group.ts";
import type { LaunchHook, TerminateHook, TerminateNotice } from "./hooks.ts";

/** Responds with its pid; `/sick` makes its health checks fail. Plain JavaScript: no packages, starts at once. */
const SERVER = `
let status = 200;
console.log("listening on", process.env.PORT, process.env.KIND);
require("node:http").createServer((request, response) => {
  if (request.url === "/sick") status = 500;
  response.writeHead(request.url === "/health" ? status : 200).end(String(process.pid));
}).listen(Number(process.env.PORT), "127.0.0.1");`;

interface Hooks {
  readonly launchHook?: LaunchHook;
  readonly terminateHook?: TerminateHook;
}

async function group(
  script = SERVER,
  { launchHook, terminateHook, ...options }: Partial<AutoScalingGroupOptions> & Hooks = {},
) {
  const folder = temporaryFolder({ "server.cjs": script });
  const reports: string[] = [];
  const targets = new TargetGroup("arn:g", {
    health_check: { path: "/health", interval: 0.05, timeout: 5, healthy_threshold: 1, unhealthy_threshold: 2 },
  });
  const created = new AutoScalingGroup({
    name: "gateway",
    role: "gateway",
    desired: 1,
    targetGroups: [targets],
    replacesUnhealthy: true,
    logFolder: join(folder, "logs"),
    stopSeconds: 5,
    process: (port) => ({
      entry: join(folder, "server.cjs"),
      environment: { PORT: String(port), KIND: "test" },
    }),
    freePort,
    report: (line) => reports.push(line),
    ...options,
  });
  onTestFinished(async () => {
    targets.stop();
    await created.stop();
  });
  if (launchHook) created.holdLaunches(launchHook);
  if (terminateHook) created.holdTerminations(terminateHook);
  await created.start();
  return { created, targets, reports, folder };
}

const states = ({ targets }: TargetGroup) => targets.map(({ state }) => state);
const poll = (value: () => unknown) => expect.poll(value, { interval: 20 });

describe("instances", () => {
  test("are as many processes as desired, each registered with its port", async () => {
    const { created, targets } = await group(SERVER, { desired: 2 });
    await poll(() => states(targets)).toEqual(["healthy", "healthy"]);
    expect(new Set(created.instances.map(({ port }) => port)).size).toBe(2);
    for (const { id, port, child } of created.instances) {
      expect(id).toMatch(/^i-[0-9a-f]{16}$/);
      expect((await call(port, "/")).body).toBe(String(child.pid));
      expect(targets.targets.find((target) => target.id === id)?.port).toBe(port);
    }
  });

  test("write their output to a log of their own", async () => {
    const { created, targets, folder } = await group(SERVER, { desired: 2 });
    await poll(() => states(targets)).toEqual(["healthy", "healthy"]);
    const logs = () =>
      readdirSync(join(folder, "logs")).map((file) => readFileSync(join(folder, "logs", file), "utf8"));
    const wanted = created.instances.map(({ port }) => `listening on ${port} test\n`).sort();
    await poll(() => logs().sort()).toEqual(wanted);
  });

  test("that end have their whole output in the log, and the group alive", async () => {
    // A helper of the instance outlives it and has the last word.
    const helper = `setTimeout(() => console.log("the last word"), 300)`;
    const script = `const { spawn } = require("node:child_process");
      console.log("x".repeat(300_000));
      spawn(process.execPath, ["-e", ${JSON.stringify(helper)}], { stdio: ["ignore", "inherit", "inherit"] }).unref();
      process.exitCode = 3;`;
    const { folder, reports } = await group(script);
    await poll(() => reports.length).toBeGreaterThan(0);
    expect(reports[0]).toMatch(/^gateway: i-[0-9a-f]{16} is gone \(exit code 3\); launching another$/);
    const log = join(folder, "logs", "gateway-1.log");
    await poll(() => readFileSync(log, "utf8").slice(299_999)).toBe("x\nthe last word\n");
  });
});

describe("a lost instance", () => {
  test("that was killed is reported, deregistered and replaced on another process", async () => {
    const { created, targets, reports } = await group();
    await poll(() => states(targets)).toEqual(["healthy"]);
    const [before] = created.instances;
    process.kill(before!.child.pid!, "SIGKILL");
    await poll(() => created.instances.filter(({ id }) => id !== before!.id).length).toBe(1);
    await poll(() => states(targets)).toEqual(["healthy"]);
    expect(reports).toEqual([`gateway: ${before!.id} is gone (SIGKILL); launching another`]);
    expect(targets.targets[0]?.id).not.toBe(before!.id);
    expect(created.instances).toHaveLength(1);
  });

  test("that fails its health checks is ended and replaced", async () => {
    const { created, targets, reports } = await group();
    await poll(() => states(targets)).toEqual(["healthy"]);
    const [before] = created.instances;
    await call(before!.port, "/sick");
    await poll(() => created.instances.filter(({ id }) => id !== before!.id).length).toBe(1);
    await poll(() => states(targets)).toEqual(["healthy"]);
    expect(reports[0]).toBe(`gateway: ${before!.id} failed its health checks; replacing it`);
    expect(isProcessAlive(before!.child.pid!)).toBe(false);
  });

  test("that fails its health checks stays where the group checks instances only (EC2)", async () => {
    const { created, targets, reports } = await group(SERVER, { replacesUnhealthy: false });
    await poll(() => states(targets)).toEqual(["healthy"]);
    const [before] = created.instances;
    await call(before!.port, "/sick");
    await poll(() => states(targets)).toEqual(["unhealthy"]);
    expect([created.instances[0]?.id, reports]).toEqual([before!.id, []]);
  });
});

/** Not ready until `/ready` was called. */
const SLOW = SERVER.replace("let status = 200", "let status = 503").replace(
  "response.writeHead",
  'if (request.url === "/ready") status = 200;\n  response.writeHead',
);

describe("a launch hook", () => {
  const launchHook = { name: "ready", heartbeatSeconds: 30 };

  test("leaves an instance out of the target groups until its /health is 200", async () => {
    const { created, targets, reports } = await group(SLOW, { launchHook });
    await poll(() => created.instances.length).toBe(1);
    const { id, port } = created.instances[0]!;
    await poll(() =>
      call(port, "/")
        .then(({ status }) => status)
        .catch(() => 0),
    ).toBe(200);
    expect([targets.targets, created.inService]).toEqual([[], []]);
    await call(port, "/ready");
    await poll(() => states(targets)).toEqual(["healthy"]);
    expect(reports).toEqual([`gateway: ${id} is in service`]);
  });

  test("of processes that complete it themselves is over when one of them says so, whatever its /health is", async () => {
    const { created, targets } = await group(SERVER, { launchHook, completesLaunches: true });
    await poll(() => created.instances.length).toBe(1);
    const { id, port } = created.instances[0]!;
    await poll(() =>
      call(port, "/health")
        .then(({ status }) => status)
        .catch(() => 0),
    ).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 600)); // two looks
    expect(targets.targets).toEqual([]);
    expect(created.completeHook(id, "another")).toBe(false);
    expect(created.completeHook(id, "ready")).toBe(true);
    await poll(() => states(targets)).toEqual(["healthy"]);
    expect(created.completeHook(id, "ready")).toBe(false);
  });

  test("ends and replaces an instance that is not ready in time", async () => {
    const { created, reports } = await group(SLOW, { launchHook: { name: "ready", heartbeatSeconds: 0.5 } });
    const [before] = created.instances;
    await poll(() => created.instances.some(({ id }) => id === before!.id)).toBe(false);
    expect(reports[0]).toBe(`gateway: ${before!.id} was not ready in 0.5 s (ready); replacing it`);
    await poll(() => created.instances.length).toBeGreaterThan(0);
  });
});

describe("a slow start", () => {
  test("is not ended while it works, and is when it works no more", async () => {
    let cpu = 0;
    let isWorking = true;
    const cpuSeconds = async () => (isWorking ? ++cpu : cpu);
    const launchHook = { name: "ready", heartbeatSeconds: 0.2 };
    const { created, reports } = await group(SLOW, { launchHook, cpuSeconds });
    const [{ id } = expect.unreachable("no instance")] = created.instances;
    await poll(() => reports.length).toBeGreaterThan(2);
    expect(reports.filter((line) => !line.startsWith(`gateway: ${id} is still starting after `))).toEqual([]);
    isWorking = false;
    await poll(() => reports.some((line) => line.endsWith("was not ready in 0.2 s (ready); replacing it"))).toBe(true);
  });
});

describe("the desired number", () => {
  const bounds = { min: 1, max: 3 };

  test("can grow and shrink; the newest leaves", async () => {
    const { created, targets, reports } = await group(SERVER, { bounds });
    const [first] = created.instances;
    created.setDesired(3, "much to do");
    await poll(() => states(targets)).toEqual(["healthy", "healthy", "healthy"]);
    expect(created.capacity).toEqual({ desired: 3, warm: 3, leaving: 0, min: 1, max: 3 });
    created.setDesired(1, "nothing to do");
    await poll(() => created.instances.map(({ id }) => id)).toEqual([first!.id]);
    expect(reports.slice(0, 2)).toEqual([
      "gateway: from 1 to 3 instances (much to do)",
      "gateway: from 3 to 1 instances (nothing to do)",
    ]);
    expect(reports.filter((line) => line.endsWith("has left"))).toHaveLength(2);
  });

  test("counts an instance as warm only after its warm-up", async () => {
    const { created } = await group(SERVER, { bounds, warmupSeconds: 0.3 });
    expect(created.capacity.warm).toBe(0);
    await poll(() => created.capacity.warm).toBe(1);
  });
});

describe("a terminate hook", () => {
  const terminateHook = { name: "drained", heartbeatSeconds: 30, metadata: "{}" };

  test("delays the end of an instance until it is completed", async () => {
    const notices: TerminateNotice[] = [];
    const { created } = await group(SERVER, {
      desired: 2,
      bounds: { min: 1, max: 2 },
      groupName: "on-aws",
      terminateHook,
      onTerminating: (notice) => notices.push(notice) > 0,
    });
    created.setDesired(1, "test");
    const [notice] = notices;
    expect(notice).toMatchObject({ groupName: "on-aws", hookName: "drained", metadata: "{}" });
    const leaving = created.instances.find(({ id }) => id === notice!.instanceId);
    expect([isProcessAlive(leaving!.child.pid!), created.capacity.leaving, created.inService.length]).toEqual([
      true,
      1,
      1,
    ]);
    expect(created.completeHook(notice!.instanceId, "another")).toBe(false);
    expect(created.completeHook(notice!.instanceId, "drained")).toBe(true);
    await poll(() => created.instances.length).toBe(1);
    expect(created.completeHook(notice!.instanceId, "drained")).toBe(false);
  });

  test.each([
    ["its time is over", { ...terminateHook, heartbeatSeconds: 0.2 }, true],
    ["nobody listens", terminateHook, false],
  ])("lets an instance go when %s", async (_, hook, isReported) => {
    const { created } = await group(SERVER, {
      desired: 2,
      bounds: { min: 1, max: 2 },
      terminateHook: hook,
      onTerminating: () => isReported,
    });
    created.setDesired(1, "test");
    await poll(() => created.instances.length).toBe(1);
  });
});

describe("stopping", () => {
  test("ends every process, replaces none and reports nothing", async () => {
    const { created, targets, reports } = await group(SERVER, { desired: 2 });
    const pids = created.instances.flatMap(({ child }) => child.pid ?? []);
    await created.stop();
    expect(pids.map(isProcessAlive)).toEqual([false, false]);
    expect([created.instances, targets.targets, reports]).toEqual([[], [], []]);
  });

  test("kills a process that ignores SIGTERM once its time is over", async () => {
    const script = `process.on("SIGTERM", () => console.log("no"));${SERVER}`;
    const { created, targets } = await group(script, { stopSeconds: 0.2 });
    await poll(() => states(targets)).toEqual(["healthy"]);
    const [instance] = created.instances;
    await created.stop();
    expect(instance!.child.signalCode).toBe("SIGKILL");
  });

  test("while a replacement waits launches no instance any more", async () => {
    const { created, targets, reports, folder } = await group();
    await poll(() => states(targets)).toEqual(["healthy"]);
    process.kill(created.instances[0]!.child.pid!, "SIGKILL");
    await poll(() => reports.length).toBe(1);
    await created.stop();
    await new Promise((resolve) => setTimeout(resolve, 1300)); // longer than a replacement waits
    expect([created.instances, readdirSync(join(folder, "logs"))]).toEqual([[], ["gateway-1.log"]]);
  });
});
