import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LocalState } from "../contracts/processes/local-state.ts";
import { AutoScalingGroup } from "./services/ec2-autoscaling/auto-scaling-group.ts";
import { readState, removeState, stateFile, stateOf, writeState } from "./state-file.ts";
import { emptyRuntime } from "./test/runtime.ts";
import { temporaryFolder, writeTo } from "./test/tools.ts";

const state = (pid: number, role: "twin" | "gateway" = "twin"): LocalState => ({
  environment: "dev",
  startedAt: "2026-01-01T00:00:00.000Z",
  apiUrl: "http://127.0.0.1:8080",
  siteUrl: "http://127.0.0.1:8081",
  awsUrl: "http://127.0.0.1:8082",
  region: "eu-west-1",
  keysTable: "sluice-dev-keys",
  processes: [{ name: role, role, pid, url: "http://127.0.0.1:8080" }],
});

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid!;
}

describe("what runs here", () => {
  test("is what was written, while that process lives", () => {
    const folder = join(temporaryFolder(), "new", "folder");
    writeState(folder, state(process.pid));
    expect(readState(folder)).toEqual(state(process.pid));
    expect(readdirSync(folder)).toEqual(["local.json"]);
  });

  test("is undefined without a file, and can be removed twice", () => {
    const folder = temporaryFolder();
    expect(readState(folder)).toBeUndefined();
    writeState(folder, state(process.pid));
    removeState(folder);
    removeState(folder);
    expect([readState(folder), existsSync(stateFile(folder))]).toEqual([undefined, false]);
  });

  test("is undefined once the process has ended without cleaning up", async () => {
    const folder = temporaryFolder();
    writeState(folder, state(await deadPid()));
    expect(readState(folder)).toBeUndefined();
  });

  test("is undefined when the file names no twin, or no process at all", () => {
    const folder = temporaryFolder();
    for (const entry of [state(process.pid, "gateway"), state(0), state(-1), { ...state(1), processes: [] }]) {
      writeState(folder, entry);
      expect(readState(folder)).toBeUndefined();
    }
  });

  test("is undefined when the file is broken, of another shape or another version", () => {
    const folder = temporaryFolder();
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"environment":"dev"}',
      JSON.stringify({ ...state(process.pid), extra: 1 }),
    ]) {
      writeTo(stateFile(folder), text);
      expect(readState(folder)).toBeUndefined();
    }
  });
});

describe("the state of a running twin", () => {
  test("has its addresses, the keys table and this process", () => {
    const runtime = emptyRuntime();
    const twin = { runtime, notModelled: [], stop: () => Promise.resolve() };
    const written = stateOf({ environment: "dev" }, new Date("2026-01-01T00:00:00Z"), twin);
    expect(LocalState.parse(written)).toMatchObject({
      environment: "dev",
      startedAt: "2026-01-01T00:00:00.000Z",
      apiUrl: runtime.settings.apiUrl,
      keysTable: "sluice-dev-keys",
      processes: [{ name: "twin", role: "twin", pid: process.pid }],
    });
  });

  test("has the path of the environment's file where that is not in environments/, for the commands that read it", () => {
    const twin = { runtime: emptyRuntime(), notModelled: [], stop: () => Promise.resolve() };
    const file = "/home/me/team.ts";
    const at = (environmentFile?: string) => stateOf({ environment: "team", environmentFile }, new Date(), twin);
    expect(LocalState.parse(at(file)).environmentFile).toBe(file);
    expect(LocalState.parse(at())).not.toHaveProperty("environmentFile");
  });

  test("has the page of metrics of a gateway, which is at a port of its own, and none for an engine", async () => {
    const folder = temporaryFolder({ "server.cjs": "setInterval(() => {}, 1000);" });
    const runtime = emptyRuntime();
    let port = 5000;
    for (const role of ["gateway", "engine"] as const) {
      const group = new AutoScalingGroup({
        name: role,
        role,
        desired: 1,
        targetGroups: [],
        replacesUnhealthy: false,
        logFolder: folder,
        stopSeconds: 1,
        process: () => ({ entry: join(folder, "server.cjs"), environment: {} }),
        freePort: async () => ++port,
        report: () => {},
      });
      onTestFinished(() => group.stop());
      await group.start();
      runtime.autoScaling.groups.push(group);
    }
    const { processes } = stateOf({ environment: "dev" }, new Date(), {
      runtime,
      notModelled: [],
      stop: () => Promise.resolve(),
    });
    expect(processes.map(({ role, url, metricsUrl }) => [role, url, metricsUrl])).toEqual([
      ["twin", runtime.settings.apiUrl, undefined],
      ["gateway", "http://127.0.0.1:5001", "http://127.0.0.1:5002/metrics"],
      ["engine", "http://127.0.0.1:5003", undefined],
    ]);
  });
});
