import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { EngineDiscovery } from "../engines/engine-discovery.ts";
import { createSharedMemory } from "../shared-memory/shared-memory.ts";
import { testConfig } from "../test/test-gateway.ts";
import { ThreadFleet } from "./thread-fleet.ts";

const NO_ENGINES: EngineDiscovery = { discover: async () => [] };

/** A fleet whose threads run this code; `tell(message)` posts to the main thread. */
async function fleetOf(code: string, threads: number, discovery: EngineDiscovery = NO_ENGINES) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-threads-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "thread.mjs");
  const head = 'import { parentPort } from "node:worker_threads"; const tell = (m) => parentPort.postMessage(m);';
  await writeFile(file, `${head}\n${code}`);
  const config = testConfig({ threads });
  let log = "";
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  const fleet = new ThreadFleet({
    entry: pathToFileURL(file),
    settings: { config, host: "127.0.0.1", port: 0, metricsPort: 0, logLevel: "info", spool: "", providerKeys: {} },
    memory: createSharedMemory(config),
    threads,
    discovery,
    logger: pino(sink),
    write: () => undefined,
  });
  onTestFinished(() => fleet.drain());
  return { fleet, log: () => log };
}

const DRAINS = 'parentPort.on("message", ({ kind }) => { if (kind === "drain") process.exit(0); });';

describe("serving threads", () => {
  // documented: thread-replaced
  test("one that fails is replaced, and logged without its message, which may quote a prompt", async () => {
    const { fleet, log } = await fleetOf(
      `${DRAINS} tell({ kind: "listening", port: 1 }); setTimeout(() => { throw new TypeError("a prompt"); }, 50);`,
      1,
    );
    expect(await fleet.start()).toBe(1);
    await eventually(() => expect(log()).toContain("a serving thread was replaced"));
    expect(log()).toContain('"failure":"TypeError"');
    expect(log()).not.toContain("a prompt");
  });

  test("all of them get the engines of the main thread's discovery, and its failures by name", async () => {
    const engines = [{ id: "i-1:8000", origin: "http://10.0.0.1:8000", inService: true }];
    const requested: string[] = [];
    const discovery: EngineDiscovery = {
      async discover(arn) {
        requested.push(arn);
        if (arn === "arn:broken") throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
        return engines;
      },
    };
    const module = pathToFileURL(join(import.meta.dirname, "main-thread-discovery.ts")).href;
    const code = `${DRAINS} import { MainThreadDiscovery } from "${module}";
      const discovery = new MainThreadDiscovery(parentPort);
      const found = await discovery.discover("arn:a");
      const failure = await discovery.discover("arn:broken").catch(({ name, message }) => name + ": " + message);
      tell({ kind: "listening", port: 1 });
      parentPort.on("message", ({ kind, id }) => {
        if (kind === "collect") tell({ kind: "metrics", id, metrics: [{ found, failure }] });
      });`;
    const { fleet } = await fleetOf(code, 2, discovery);
    await fleet.start();
    const seen = [{ found: engines, failure: "ThrottlingException: Rate exceeded" }];
    expect(await fleet.collect()).toEqual([seen, seen]);
    expect(requested.sort()).toEqual(["arn:a", "arn:a", "arn:broken", "arn:broken"]);
  });

  test("one that can't start is reported by its own error", async () => {
    const { fleet } = await fleetOf('throw new Error("no port for me");', 2);
    await expect(fleet.start()).rejects.toThrow(/no port for me/);
  });

  test("one that is too busy to respond is omitted from a scrape", async () => {
    const responses = `parentPort.on("message", ({ kind, id }) => {
      if (kind === "drain") process.exit(0);
      if (Atomics.add(new Int32Array(workerData.memory.inFlight), 0, 1) === 0) tell({ kind: "metrics", id, metrics: [{ name: "a" }] });
    }); tell({ kind: "listening", port: 1 });`;
    const { fleet } = await fleetOf(`import { workerData } from "node:worker_threads";\n${responses}`, 2);
    await fleet.start();
    expect(await fleet.collect()).toEqual([[{ name: "a" }]]);
  });
});
