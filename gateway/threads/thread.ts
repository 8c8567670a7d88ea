import { parentPort, workerData } from "node:worker_threads";
import { buildGateway } from "../serve.ts";
import { LogBuffer } from "./log-buffer.ts";
import { MainThreadDiscovery } from "./main-thread-discovery.ts";
import type { FromThread, ThreadStart, ToThread } from "./messages.ts";

/** One serving thread: a whole gateway on the port that all threads share. Its messages go to the main thread. */
export async function runThread(): Promise<void> {
  const { settings, memory, thread }: ThreadStart = workerData;
  const send = (message: FromThread) => parentPort?.postMessage(message);
  const output = new LogBuffer((text) => send({ kind: "output", text }));
  process.on("exit", () => output.flush());
  if (parentPort === null) throw new Error("runThread must be called in a worker thread, not in the main one");
  const discovery = new MainThreadDiscovery(parentPort);
  const gateway = buildGateway(settings, output, memory, thread, discovery);
  parentPort.on("message", (message: ToThread) => {
    if (message.kind === "collect") {
      void gateway.metrics().then((metrics) => send({ kind: "metrics", id: message.id, metrics }));
      return;
    }
    if (message.kind !== "drain") return;
    void gateway.drain().then(() => {
      output.flush();
      send({ kind: "drained" });
      parentPort?.close();
    });
  });
  send({ kind: "listening", port: await gateway.listen(settings.port, settings.host, { reusePort: true }) });
}
