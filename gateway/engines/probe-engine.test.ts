import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { Engine } from "./engine.ts";
import { probeEngine } from "./probe-engine.ts";

/** An engine in a thread of its own, which closes a connection that is idle for 50 ms, as uvicorn after 5 s: without a word before. */
const SERVER = `
const { parentPort } = require("node:worker_threads");
const server = require("node:net").createServer((socket) => {
  socket.on("error", () => {});
  socket.setTimeout(50, () => socket.destroy());
  socket.on("data", () => socket.write("HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n{}"));
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;

test("an engine that has closed an idle connection while the gateway was stopped is alive", async () => {
  const worker = new Worker(SERVER, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, "message");
  const engine = new Engine({ id: "i-1", origin: `http://127.0.0.1:${port}`, maxRequests: 1 });
  onTestFinished(() => engine.destroy());
  expect(await probeEngine(engine, 10_000)).toBe("alive");
  // As the system stops a process.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  expect(await probeEngine(engine, 10_000)).toBe("alive");
});
