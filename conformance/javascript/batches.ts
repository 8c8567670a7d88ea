import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { toFile } from "openai";
import type { Call, Result } from "../scenario.ts";

type Body = Readonly<Record<string, unknown>>;
interface BatchBody {
  readonly endpoint: OpenAI.BatchCreateParams["endpoint"];
  readonly bodies: Readonly<Record<string, unknown>>;
}
interface FileBody {
  readonly purpose: "batch";
  readonly filename: string;
  readonly content: string;
}

const OVER = ["completed", "failed", "expired", "cancelled"];

/** The calls about files and batches. */
export async function callBatches(client: OpenAI, call: Call, body: Body): Promise<Omit<Result, "id">> {
  if (call === "files") return await storeFile(client, body as never);
  const begun = await begin(client, body as never);
  return await resultOf(client, call === "batches.cancel" ? await client.batches.cancel(begun.id) : begun);
}

async function storeFile(client: OpenAI, { purpose, filename, content }: FileBody): Promise<Omit<Result, "id">> {
  const uploaded = await client.files.create({ file: await toFile(Buffer.from(content), filename), purpose });
  const found = await client.files.retrieve(uploaded.id);
  const listed = (await client.files.list()).data.map(({ id }) => id);
  const text = await (await client.files.content(uploaded.id)).text();
  await client.files.delete(uploaded.id);
  const gone = await client.files.retrieve(uploaded.id).catch((error: unknown) => error);
  if (!(gone instanceof OpenAI.NotFoundError)) throw new Error("a deleted file is still there");
  return { text, ids: listed.includes(uploaded.id) ? [found.filename] : [] };
}

async function begin(client: OpenAI, { endpoint, bodies }: BatchBody): Promise<OpenAI.Batch> {
  const lines = Object.entries(bodies).map(([name, line]) =>
    JSON.stringify({ custom_id: name, method: "POST", url: endpoint, body: line }),
  );
  const file = await toFile(Buffer.from(lines.join("\n")), "lines.jsonl");
  const { id } = await client.files.create({ file, purpose: "batch" });
  return await client.batches.create({ input_file_id: id, endpoint, completion_window: "24h" });
}

async function resultOf(client: OpenAI, begun: OpenAI.Batch): Promise<Omit<Result, "id">> {
  let batch = begun;
  while (!OVER.includes(batch.status)) {
    await sleep(250);
    batch = await client.batches.retrieve(batch.id);
  }
  const ids: string[] = [];
  for (const file of [batch.output_file_id, batch.error_file_id]) {
    if (!file) continue;
    const text = await (await client.files.content(file)).text();
    for (const line of text.trimEnd().split("\n")) {
      const result: { custom_id: string; response?: { status_code: number }; error?: { code: string } } =
        JSON.parse(line);
      ids.push(`${result.custom_id} ${result.response?.status_code ?? result.error?.code}`);
    }
  }
  const { completed = 0, failed = 0 } = batch.request_counts ?? {};
  return { text: `${batch.status} ${completed} ${failed}`, ids };
}
