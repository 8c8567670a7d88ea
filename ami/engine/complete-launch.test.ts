import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missingTools } from "../test/tools.ts";

const missing = missingTools("bash", "curl");
let folder: string;
let server: Server;
let isReady: boolean;
let healthChecks: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-launch-"));
  isReady = true;
  healthChecks = 0;
  // Engine and metadata service in one server: the path selects which.
  server = createServer((request, response) => {
    const respond = (status: number, text = "") => response.writeHead(status).end(text);
    if (request.url === "/health") {
      healthChecks += 1;
      return respond(isReady ? 200 : 503);
    }
    if (request.url === "/latest/api/token" && request.method === "PUT") return respond(200, "a-token");
    if (request.headers["x-aws-ec2-metadata-token"] !== "a-token") return respond(401);
    return request.url === "/latest/meta-data/instance-id" ? respond(200, "i-0123456789abcdef0") : respond(404);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script; `aws` records its arguments and ends with the chosen status. */
function complete(awsScript: string, env: Readonly<Record<string, string>> = {}) {
  const aws = join(folder, "aws");
  writeFileSync(aws, `#!/usr/bin/env bash\necho "$@" >> ${join(folder, "calls")}\n${awsScript}\n`);
  chmodSync(aws, 0o755);
  const port = String((server.address() as AddressInfo).port);
  const child = spawn(join(import.meta.dirname, "files/complete-launch.sh"), [], {
    env: {
      PATH: process.env.PATH ?? "",
      SLUICE_AWS: aws,
      SLUICE_PORT: port,
      SLUICE_METADATA_URL: `http://127.0.0.1:${port}`,
      SLUICE_GROUP_NAME: "sluice-dev-engine-phi",
      SLUICE_LAUNCH_HOOK: "ready",
      ...env,
    },
  });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  return new Promise<{ status: number | null; stderr: string }>((resolve) =>
    child.on("close", (status) => resolve({ status, stderr })),
  );
}

describe("the launch hook", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("is completed for this instance once the engine is healthy", async () => {
    const { status, stderr } = await complete("exit 0");
    expect(stderr).toContain("i-0123456789abcdef0 is ready");
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "calls"), "utf8").trim()).toBe(
      "autoscaling complete-lifecycle-action --auto-scaling-group-name sluice-dev-engine-phi " +
        "--lifecycle-hook-name ready --instance-id i-0123456789abcdef0 --lifecycle-action-result CONTINUE",
    );
  });

  test("waits as long as the model loads", async () => {
    isReady = false;
    const completed = complete("exit 0");
    await expect.poll(() => healthChecks).toBeGreaterThan(1);
    isReady = true;
    expect((await completed).status).toBe(0);
  });

  /** Counters of the kernel: MiB that the disk has read, and CPU seconds. */
  const counters = (mebibytes: number, cpuSeconds: number) => {
    mkdirSync(join(folder, "net"), { recursive: true });
    writeFileSync(join(folder, "diskstats"), `259 0 nvme0n1 1 2 ${mebibytes * 2048} 4 5 6 0 8 9 10 11\n`);
    writeFileSync(join(folder, "net/dev"), "Inter-| Receive\n face |bytes\n    lo: 999999999 1\n  ens5: 1048576 1\n");
    writeFileSync(join(folder, "stat"), `cpu  ${cpuSeconds * 100} 0 0 900 0 0 0 0 0 0\ncpu0 1 1 1 1\n`);
  };
  const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");
  const HEARTBEAT =
    "autoscaling record-lifecycle-action-heartbeat --auto-scaling-group-name sluice-dev-engine-phi " +
    "--lifecycle-hook-name ready --instance-id i-0123456789abcdef0\n";

  test.each(["disk", "CPU"])(
    "is prolonged while the start makes progress with the %s, and then completed",
    async (what) => {
      isReady = false;
      counters(100, 100);
      const env = { SLUICE_PROC: folder, SLUICE_HEARTBEAT_SECONDS: "1" };
      const completed = complete("exit 0", env);
      await expect.poll(() => healthChecks).toBeGreaterThan(0);
      counters(what === "disk" ? 200 : 100, what === "CPU" ? 200 : 100);
      await expect.poll(calls).toBe(HEARTBEAT);
      const before = healthChecks;
      await expect.poll(() => healthChecks).toBeGreaterThan(before + 2);
      expect(calls(), "no progress, no heartbeat").toBe(HEARTBEAT);
      isReady = true;
      expect((await completed).status).toBe(0);
      expect(calls()).toContain("complete-lifecycle-action");
    },
  );

  test("is not prolonged any more once no hook waits", async () => {
    isReady = false;
    counters(100, 100);
    const env = { SLUICE_PROC: folder, SLUICE_HEARTBEAT_SECONDS: "1" };
    const completed = complete("echo 'No active Lifecycle Action found' >&2; exit 254", env);
    for (let mebibytes = 200; healthChecks < 6; mebibytes += 100) {
      counters(mebibytes, 100);
      await sleep(200);
    }
    expect(calls()).toBe(HEARTBEAT);
    isReady = true;
    expect((await completed).status).toBe(0);
  });

  test("that does not exist is no failure: a reboot in service", async () => {
    const { status } = await complete(
      "echo 'An error occurred (ValidationError): No active Lifecycle Action found' >&2; exit 254",
    );
    expect(status).toBe(0);
  });

  test("that can't be completed is a failure, after which systemd tries again", async () => {
    const { status, stderr } = await complete("echo 'AccessDenied' >&2; exit 254");
    expect(status).toBe(1);
    expect(stderr).toContain("AccessDenied");
  });

  test("without a group there is nothing to do", async () => {
    expect((await complete("exit 1", { SLUICE_GROUP_NAME: "" })).status).toBe(0);
  });
});
