import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Json } from "../../template/json.ts";

/** Runs one Lambda bundle: loads the handler once (as a warm environment does) and runs invocations in their order. */
const { file, exportName } = workerData;
const bundle: Record<string, unknown> = createRequire(file)(file);
const handler = bundle[exportName];
if (typeof handler !== "function") throw new Error(`${file} has no export ${exportName}`);

parentPort?.postMessage({ isReady: true });
parentPort?.on("message", async (message: { readonly id: number; readonly event: Json; readonly deadline: number }) => {
  const context = {
    awsRequestId: `local-${message.id}`,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
  try {
    // Events and results travel as JSON on AWS, which drops what JSON does not have.
    const text = JSON.stringify((await handler(message.event, context)) ?? null);
    parentPort?.postMessage({ id: message.id, result: JSON.parse(text) });
  } catch (error) {
    const isData = typeof error === "object" && !(error instanceof Error);
    const text = error instanceof Error ? error.message : isData ? JSON.stringify(error) : String(error);
    parentPort?.postMessage({ id: message.id, error: text });
  }
});
