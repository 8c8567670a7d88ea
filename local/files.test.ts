import type OpenAI from "openai";
import { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { apiKey, numbered, setUp } from "./test/batch-gateway.ts";
import { BATCHES, isOver, openAi, submit, until } from "./test/batch-storage.ts";

describe("files", () => {
  const upload = async (client: OpenAI, text: string, name = "a.jsonl") =>
    await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: "batch" });

  test("are created, listed page by page, read and deleted", async () => {
    const { client } = await setUp();
    const names = ["1.jsonl", "2.jsonl", "3.jsonl"];
    const files = [];
    for (const name of names) files.push(await upload(client, `{"n":"${name}"}`, name));
    expect(files[0]).toMatchObject({ object: "file", bytes: 15, filename: "1.jsonl", purpose: "batch" });
    const listed = [];
    for await (const file of client.files.list({ limit: 2 })) listed.push(file.filename);
    expect(listed).toEqual(["3.jsonl", "2.jsonl", "1.jsonl"]);
    const id = files[0]?.id ?? "";
    expect(await (await client.files.content(id)).text()).toBe('{"n":"1.jsonl"}');
    expect(await client.files.delete(id)).toEqual({ id, object: "file", deleted: true });
    await expect(client.files.retrieve(id)).rejects.toMatchObject({ status: 404, code: "not_found" });
    await expect(client.files.content(id)).rejects.toMatchObject({ status: 404 });
  });

  test("of many megabytes are stored in parts and come back as they were", async () => {
    const { client, storage } = await setUp();
    const text = `${"x".repeat(99)}\n`.repeat(175_000);
    const file = await upload(client, text);
    expect(file.bytes).toBe(17_500_000);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    expect(storage.bucket.list("")).toHaveLength(1);
  });

  test("over the limit are refused with 413 and leave no object behind", async () => {
    const { client, storage, url } = await setUp({ config: { batches: { ...BATCHES, maxFileBytes: 100_000 } } });
    await expect(upload(client, "x".repeat(100_001))).rejects.toMatchObject({ status: 413, code: "request_too_large" });
    const form = new FormData();
    form.append("purpose", "batch");
    form.append("file", new File(["x".repeat(500_000)], "a"));
    expect((await fetch(`${url}/v1/files`, { method: "POST", body: form })).status).toBe(413);
    expect(storage.bucket.list("")).toEqual([]);
  });

  test.each([
    ["no purpose", { file: new File(["{}"], "a") }, "purpose"],
    ["a purpose that is not supported", { purpose: "fine-tune", file: new File(["{}"], "a") }, "purpose"],
    ["no file", { purpose: "batch" }, "file"],
    ["text instead of a file", { purpose: "batch", file: "abc" }, "file"],
    ["an empty file", { purpose: "batch", file: new File([], "a") }, "file"],
    [
      "a wrong life time",
      { purpose: "batch", file: new File(["{}"], "a"), "expires_after[seconds]": "5" },
      "expires_after[seconds]",
    ],
  ])("with %s are refused by name", async (_case, fields: Record<string, string | File>, param) => {
    const { url, storage } = await setUp();
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const response = await fetch(`${url}/v1/files`, { method: "POST", body: form });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_request", param } });
    expect(storage.bucket.list("")).toEqual([]);
  });

  test.each([71, 200])("in a form with a boundary of %i characters are refused by it", async (length) => {
    const { url } = await setUp();
    const boundary = "x".repeat(length);
    const body = `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--${boundary}--\r\n`;
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    const response = await fetch(`${url}/v1/files`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { param: "content-type", message: expect.stringContaining(`1 to 70 characters, got ${length}`) },
    });
  });

  test("with a name that is too long lose its end, and no half of a character", async () => {
    const { client } = await setUp();
    const file = await upload(client, "{}", `${"a".repeat(254)}😀.jsonl`);
    expect(file.filename).toBe("a".repeat(254));
  });

  const TOO_LONG = ["x".repeat(1500), "%F0%9F%99%82".repeat(300)];

  test.each(TOO_LONG)("and batches with an id that no item can have are not there, case %#", async (id) => {
    const { url } = await setUp();
    const requests = [
      ["GET", `/v1/files/${id}`],
      ["GET", `/v1/files/${id}/content`],
      ["DELETE", `/v1/files/${id}`],
      ["GET", `/v1/batches/${id}`],
      ["POST", `/v1/batches/${id}/cancel`],
    ] as const;
    for (const [method, path] of requests) {
      const response = await fetch(`${url}${path}`, { method });
      expect([method, path.slice(0, 20), response.status]).toEqual([method, path.slice(0, 20), 404]);
      expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
    }
  });

  test.each([...TOO_LONG, "", "foo", "file-zzzz", "batch_1%00"])(
    "and batches are not listed after what is no id, case %#",
    async (id) => {
      const { url, client } = await setUp();
      await upload(client, "{}");
      for (const list of ["/v1/files", "/v1/batches"]) {
        const response = await fetch(`${url}${list}?after=${id}`);
        expect([list, response.status]).toEqual([list, 400]);
        expect(await response.json()).toMatchObject({ error: { param: "after" } });
      }
    },
  );

  test("are listed after one that was deleted meanwhile", async () => {
    const { client } = await setUp();
    const files = [];
    for (const name of ["1.jsonl", "2.jsonl", "3.jsonl"]) files.push(await upload(client, "{}", name));
    const [first, second] = files.map(({ id }) => id) as [string, string];
    await client.files.delete(second);
    expect((await client.files.list({ after: second })).data.map(({ id }) => id)).toEqual([first]);
  });

  test("and batches of another key are not there", async () => {
    const { url, keys } = await setUp({ config: { auth: "required" } });
    const clients = ["a", "b"].map(() => {
      const { key, item } = apiKey();
      keys.set(item.keyId, item);
      return openAi(url, key);
    });
    const [owner, other] = clients as [OpenAI, OpenAI];
    const batch = await submit(owner, numbered(1));
    await until(owner, batch.id, isOver);
    const missing = { status: 404, code: "not_found" };
    await expect(other.files.retrieve(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.files.content(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.files.delete(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.batches.retrieve(batch.id)).rejects.toMatchObject(missing);
    await expect(other.batches.cancel(batch.id)).rejects.toMatchObject(missing);
    await expect(
      other.batches.create({
        input_file_id: batch.input_file_id,
        endpoint: "/v1/chat/completions",
        completion_window: "24h",
      }),
    ).rejects.toMatchObject({ status: 400, param: "input_file_id" });
    expect((await other.files.list()).data).toEqual([]);
    expect((await other.batches.list()).data).toEqual([]);
  });

  test("need a key where there are keys", async () => {
    const { url } = await setUp({ config: { auth: "optional" } });
    const response = await fetch(`${url}/v1/files`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "missing_api_key" } });
  });

  test("are a 404 where there are none in the deployment", async () => {
    const { url } = await startTestGateway();
    expect((await fetch(`${url}/v1/files`)).status).toBe(404);
    expect((await fetch(`${url}/v1/batches`)).status).toBe(404);
  });
});
