import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createSharedMemory } from "../shared-memory/shared-memory.ts";
import { testConfig } from "../test/test-gateway.ts";
import { ThreadFleet } from "./thread-fleet.ts";

/** A fleet whose threads run this code; `tell(message)` posts to the main thread. */
async function fleetOf(code: string, threads: number) {
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
    settings: { config, host: "127.0.0.1", port: 0, metricsPort: 0, logLevel: "info", providerKeys: {} },
    memory: createSharedMemory(config),
    threads,
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
    await vi.waitFor(() => expect(log()).toContain("a serving thread was replaced"), { timeout: 5000 });
    expect(log()).toContain('"failure":"TypeError"');
    expect(log()).not.toContain("a prompt");
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
