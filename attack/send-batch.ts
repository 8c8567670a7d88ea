import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CLIENT_IP_HEADER } from "../contracts/api/headers.ts";
import type { BatchShape } from "./batch-shapes.ts";
import { OWN_CONNECTION } from "./own-connection.ts";
import { randomAddress } from "./random-address.ts";

const POLL_MS = 250;
const TIMEOUT_MS = 60_000;
const Created = z.object({ id: z.string() });
const Batch = z.object({ id: z.string(), status: z.string() });

interface Api {
  readonly url: string;
  readonly key: string;
}

/**
 * Uploads a file, creates a batch of it and waits until its lines were read. Both are removed afterwards.
 * @returns the batch's state, or the status of a request that was refused
 */
export async function sendBatch(api: Api, { lines }: BatchShape): Promise<string> {
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob([lines]), "hostile.jsonl");
  const uploaded = await call(api, "POST", "/v1/files", form);
  if (!uploaded.ok) return `upload ${uploaded.status}`;
  const { id: file } = Created.parse(await uploaded.json());
  const request = { input_file_id: file, endpoint: "/v1/chat/completions", completion_window: "24h" };
  const created = await call(api, "POST", "/v1/batches", request);
  const state = created.ok ? await stateOf(api, Created.parse(await created.json()).id) : `batch ${created.status}`;
  await call(api, "DELETE", `/v1/files/${file}`);
  return state;
}

async function stateOf(api: Api, id: string): Promise<string> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const { status } = Batch.parse(await (await call(api, "GET", `/v1/batches/${id}`)).json());
    if (status !== "validating" || performance.now() > deadline) {
      if (status === "in_progress" || status === "validating") await call(api, "POST", `/v1/batches/${id}/cancel`);
      return status;
    }
    await sleep(POLL_MS);
  }
}

async function call({ url, key }: Api, method: string, path: string, body?: FormData | object): Promise<Response> {
  const isForm = body instanceof FormData;
  return await fetch(`${url}${path}`, {
    method,
    headers: {
      ...OWN_CONNECTION,
      authorization: `Bearer ${key}`,
      [CLIENT_IP_HEADER]: randomAddress(),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
