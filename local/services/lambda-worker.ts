import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { isObject, type Json } from "../template/json.ts";

/** Runs one Lambda bundle: loads the handler once (as a warm environment does) and answers invocations in turn. */
const { file, exportName } = workerData;
const bundle: Record<string, unknown> = createRequire(file)(file);
const handler = bundle[exportName];
if (typeof handler !== "function") throw new Error(`${file} has no export ${exportName}`);

parentPort?.on("message", async (message: { readonly id: number; readonly event: Json; readonly deadline: number }) => {
  const context = {
    awsRequestId: `local-${message.id}`,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
  try {
    const result: Json = await handler(message.event, context);
    parentPort?.postMessage({ id: message.id, result: result ?? null });
  } catch (error) {
    const text =
      error instanceof Error ? error.message : isObject(error as Json) ? JSON.stringify(error) : String(error);
    parentPort?.postMessage({ id: message.id, error: text });
  }
});
