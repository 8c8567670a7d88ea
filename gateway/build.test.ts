import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { buildGateway } from "./build.ts";
import { testConfig } from "./test/test-gateway.ts";

let folder: string;
let built: Awaited<ReturnType<typeof buildGateway>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-gateway-"));
  built = await buildGateway(join(folder, "one"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the gateway's artefact", () => {
  test("is one file that runs far from the repository, is live, and drains", async () => {
    const child = spawn(process.execPath, [built.path], {
      cwd: folder,
      env: {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "x",
        AWS_SECRET_ACCESS_KEY: "x",
        AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        SLUICE_CONFIG: JSON.stringify(testConfig()),
        SLUICE_HOST: "127.0.0.1",
        SLUICE_PORT: "0",
        SLUICE_METRICS_PORT: "0",
      },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exit = new Promise((resolve) => child.once("exit", resolve));
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const port = await eventually(() => {
      const line = output.split("\n").find((text) => text.includes('"listening"'));
      expect(line, output).toBeDefined();
      return (JSON.parse(line ?? "{}") as { port: number }).port;
    });
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("is the same to the byte when it is built again, and its checksum is written beside it", async () => {
    const again = await buildGateway(join(folder, "two"));
    expect(again.sha256).toBe(built.sha256);
    expect(readFileSync(`${again.path}.sha256`, "utf8")).toBe(`${built.sha256}  server.mjs\n`);
  });

  test("has the schemas of AWS operations that it calls, and no others", () => {
    const text = readFileSync(built.path, "utf8");
    for (const called of ["DescribeInstancesRequest", "DescribeTargetHealthInput"]) expect(text).toContain(called);
    for (const other of ["AcceptAddressTransferRequest", "RunInstancesRequest", "CreateLoadBalancerInput"])
      expect(text).not.toContain(other);
  });

  // documented: bundle-is-ascii
  test("is ASCII, so that a JavaScript engine needs one byte for each of its characters, not two", () => {
    const other = readFileSync(built.path, "utf8")
      .split("\n")
      .filter((line) => /[^\0-\x7f]/.test(line));
    expect(other).toEqual([]);
  });

  test("holds no path of the machine that built it", () => {
    expect(readFileSync(built.path, "utf8")).not.toContain(join(import.meta.dirname, ".."));
  });
});
