import { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { numbered, setUp } from "./test/batch-gateway.ts";
import { BATCHES, submit } from "./test/batch-storage.ts";

describe("creating a batch", () => {
  test.each([
    ["another window", { completion_window: "1h" }, "completion_window"],
    ["an endpoint that no gateway has", { endpoint: "/v1/images" }, "endpoint"],
    ["a file that does not exist", { input_file_id: "file-gone" }, "input_file_id"],
    ["an unknown field", { priority: "high" }, "priority"],
  ])("with %s is refused by name", async (_case, fields, param) => {
    const { url, client } = await setUp();
    const file = await client.files.create({ file: await toFile(Buffer.from("{}"), "a"), purpose: "batch" });
    const body = { input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h", ...fields };
    const response = await fetch(`${url}/v1/batches`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(param);
  });

  test("over the number that a key may have open is refused with 429", async () => {
    const { client } = await setUp({
      config: { batches: { ...BATCHES, maxOpenPerKey: 2 } },
      engines: [{ intervalMs: 2000 }],
    });
    await submit(client, numbered(1));
    await submit(client, numbered(1));
    await expect(submit(client, numbered(1))).rejects.toMatchObject({ status: 429 });
    expect((await client.batches.list()).data).toHaveLength(2);
  });

  test("25 times at once, where a key may have 10 open, makes 10; each that is cancelled makes room for one", async () => {
    const { client } = await setUp({
      config: { batches: { ...BATCHES, maxOpenPerKey: 10 } },
      engines: [{ intervalMs: 2000 }],
    });
    const file = await client.files.create({
      file: await toFile(Buffer.from(JSON.stringify(numbered(1)[0])), "a"),
      purpose: "batch",
    });
    const create = () =>
      client.batches.create({ input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h" });
    const created = await Promise.allSettled(Array.from({ length: 25 }, create));
    const batches = created.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const refused = created.flatMap((result) => (result.status === "rejected" ? [result.reason.status] : []));
    expect([batches.length, new Set(refused)]).toEqual([10, new Set([429])]);
    expect((await client.batches.list({ limit: 100 })).data).toHaveLength(10);
    const [first] = batches;
    if (first !== undefined) await client.batches.cancel(first.id);
    await eventually(create, { everyMs: 200 });
  });

  test("from a file that is deleted while it runs fails, naming the missing file", async () => {
    const { client } = await setUp({ engines: [{ intervalMs: 100 }] });
    const batch = await submit(client, numbered(200));
    await eventually(async () => expect((await client.batches.retrieve(batch.id)).status).toBe("in_progress"));
    await client.files.delete(batch.input_file_id);
    const failed = await eventually(
      async () => {
        const now = await client.batches.retrieve(batch.id);
        expect(now.status).toBe("failed");
        return now;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );
    expect(failed.errors?.data).toMatchObject([{ code: "input_file_missing", param: "input_file_id" }]);
  });
});
