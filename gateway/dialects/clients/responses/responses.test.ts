import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { ModelResponse } from "../../../../contracts/api/responses.ts";
import { newApiKey } from "../../../../domain/keys/api-key.ts";
import { eventually } from "../../../../test-support/waits/eventually.ts";
import { MemoryResponseStore } from "../../../responses/memory-response-store.ts";
import { TOOL_CALL } from "../../../test/dialect-cases.ts";
import { post, startTestGateway, type TestGatewayOptions } from "../../../test/test-gateway.ts";

async function start(options: TestGatewayOptions = {}) {
  const responses = new MemoryResponseStore({ maxBytes: 1_000_000, ttlSeconds: 60, now: () => performance.now() });
  const test = await startTestGateway({ responses, ...options });
  const client = () => {
    const key = newApiKey();
    const item = { keyId: key.keyId, hash: key.hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
    test.keys.set(key.keyId, item);
    return new OpenAI({ baseURL: `${test.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  };
  return { ...test, client, openai: client() };
}

const thrown = async (work: PromiseLike<unknown>) =>
  await work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("OpenAI's SDK on /v1/responses", () => {
  test("creates a response", async () => {
    const { openai, engines } = await start();
    const response = await openai.responses.create({
      model: "tiny",
      instructions: "Be brief",
      input: "Hello",
      max_output_tokens: 20,
      metadata: { a: "b" },
    });
    expect(response).toMatchObject({
      object: "response",
      status: "completed",
      model: "tiny",
      output_text: " word word word",
      instructions: "Be brief",
      max_output_tokens: 20,
      metadata: { a: "b" },
      store: true,
      usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
    });
    expect(response.id).toMatch(/^resp_[0-9a-f]{48}$/);
    expect(engines[0]?.received[0]).toMatchObject({
      path: "/v1/chat/completions",
      body: {
        model: "tiny",
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: "Hello" },
        ],
        max_completion_tokens: 20,
      },
    });
  });

  test("streams one with its helper, every event in its order", async () => {
    const { openai } = await start({ engines: [{ tokens: 3 }] });
    const stream = openai.responses.stream({ model: "tiny", input: "Hello" });
    const types: string[] = [];
    const sequence: number[] = [];
    for await (const event of stream) {
      types.push(event.type);
      sequence.push(event.sequence_number);
    }
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(sequence).toEqual(types.map((_type, index) => index));
    const final = await stream.finalResponse();
    expect(final).toMatchObject({ status: "completed", output_text: "w0w1w2", usage: { output_tokens: 3 } });
  });

  test.each(["whole", "stream"] as const)("gets a function call, %s, and sends its output back", async (kind) => {
    const { openai, engines } = await start({ engines: [{ mode: TOOL_CALL[kind] }] });
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const tools = [{ type: "function" as const, name: "weather", parameters, strict: true }];
    const create = async (body: Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "stream">) =>
      kind === "whole" ? await openai.responses.create(body) : await openai.responses.stream(body).finalResponse();
    const first = await create({ model: "tiny", input: "Weather?", tools, store: true });
    expect(ModelResponse.safeParse(first).success).toBe(true);
    expect(first).toMatchObject({
      status: "completed",
      output: [
        { type: "message", content: [{ type: "output_text", text: "Looking" }] },
        {
          type: "function_call",
          call_id: "call_1",
          name: "weather",
          arguments: '{"city":"Oslo"}',
          status: "completed",
        },
      ],
    });
    const output = { type: "function_call_output" as const, call_id: "call_1", output: "3 °C" };
    await create({ model: "tiny", input: [output], previous_response_id: first.id, tools });
    expect(engines[0]?.received[1]?.body.messages).toMatchObject([
      { role: "user", content: "Weather?" },
      { role: "assistant", content: "Looking", tool_calls: [{ id: "call_1", function: { name: "weather" } }] },
      { role: "tool", tool_call_id: "call_1", content: "3 °C" },
    ]);
  });

  test("continues from a stored response, retrieves it, lists its input items, and deletes it", async () => {
    const { openai, engines } = await start();
    const first = await openai.responses.create({ model: "tiny", input: "One", instructions: "A", store: true });
    const stream = openai.responses.stream({
      model: "tiny",
      input: [{ role: "user", content: "Two" }],
      previous_response_id: first.id,
      store: true,
    });
    const second = await stream.finalResponse();
    const third = await openai.responses.create({
      model: "tiny",
      input: "Three",
      previous_response_id: second.id,
      store: false,
    });
    expect(engines[0]?.received[2]?.body.messages).toEqual([
      { role: "user", content: "One" },
      { role: "assistant", content: " word word word" },
      { role: "user", content: "Two" },
      { role: "assistant", content: "w0w1w2" },
      { role: "user", content: "Three" },
    ]);
    const { output_text: _text, ...stored } = first;
    expect(await openai.responses.retrieve(first.id)).toMatchObject(stored);
    const items = await openai.responses.inputItems.list(second.id, { limit: 2, order: "asc" });
    const listed = [];
    for await (const item of items) listed.push(item);
    expect(listed).toMatchObject([
      { role: "user", content: [{ type: "input_text", text: "One" }] },
      { role: "assistant", content: [{ type: "output_text", text: " word word word" }] },
      { role: "user", content: [{ type: "input_text", text: "Two" }] },
    ]);
    expect(await thrown(openai.responses.retrieve(third.id))).toBeInstanceOf(OpenAI.NotFoundError);
    await openai.responses.delete(first.id);
    expect(await thrown(openai.responses.retrieve(first.id))).toBeInstanceOf(OpenAI.NotFoundError);
    expect(await thrown(openai.responses.delete(first.id))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("finds no other key's responses", async () => {
    const { openai, client } = await start({ config: { auth: "required" } });
    const other = client();
    const stored = await openai.responses.create({ model: "tiny", input: "One", store: true });
    expect(await thrown(other.responses.retrieve(stored.id))).toBeInstanceOf(OpenAI.NotFoundError);
    expect(await thrown(other.responses.delete(stored.id))).toBeInstanceOf(OpenAI.NotFoundError);
    const error = await thrown(other.responses.create({ model: "tiny", input: "x", previous_response_id: stored.id }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ param: "previous_response_id" });
    expect(String(error)).toMatch(/must be a response that is stored for your tenant.*; send its items in `input`\./);
    expect((await openai.responses.retrieve(stored.id)).id).toBe(stored.id);
  });

  test("gets an error where responses are not stored", async () => {
    const { url } = await startTestGateway();
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const error = await thrown(openai.responses.create({ model: "tiny", input: "x", store: true }));
    expect(error).toMatchObject({ status: 400, param: "store" });
    const next = await thrown(openai.responses.create({ model: "tiny", input: "x", previous_response_id: "resp_1" }));
    expect(next).toMatchObject({ status: 400, param: "previous_response_id" });
    expect(String(next)).toMatch(/responses are not stored here, got "resp_1"; send the earlier items in `input`\./);
    expect((await openai.responses.create({ model: "tiny", input: "x" })).status).toBe("completed");
    expect(await thrown(openai.responses.retrieve("resp_1"))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("throws its own error classes, with this route's words", async () => {
    const { openai } = await start();
    const long = await thrown(openai.responses.create({ model: "tiny", input: "x", max_output_tokens: 5000 }));
    expect(long).toBeInstanceOf(OpenAI.BadRequestError);
    expect(long).toMatchObject({ code: "context_length_exceeded", param: "max_output_tokens" });
    expect(await thrown(openai.responses.create({ model: "none", input: "x" }))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("hears of an engine that dies in the middle as a failed response", async () => {
    const { openai } = await start({ engines: [{ tokens: 5, intervalMs: 20, diesAfterTokens: 2 }] });
    const seen: unknown[] = [];
    const stream = await openai.responses.create({ model: "tiny", input: "x", stream: true });
    for await (const event of stream) seen.push(event);
    expect(seen.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: "server_error" }, output: [{ content: [{ text: "w0w1" }] }] },
    });
  });

  test("stops the engine when it aborts", async () => {
    const { openai, engines } = await start({ engines: [{ tokens: 1000, intervalMs: 20 }] });
    const stream = openai.responses.stream({ model: "tiny", input: "x" });
    stream.on("response.output_text.delta", () => stream.abort());
    expect(await thrown(stream.done())).toBeInstanceOf(OpenAI.APIUserAbortError);
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
  });
});

describe("stored responses", () => {
  test("are paged by limit and after, the newest first", async () => {
    const { url } = await start();
    const input = ["a", "b", "c"].map((content) => ({ role: "user", content, id: `item_${content}` }));
    const response = await post(url, "/v1/responses", { model: "tiny", input, store: true });
    const made = (await response.json()) as { id: string };
    const list = async (query: string) =>
      await (await fetch(`${url}/v1/responses/${made.id}/input_items${query}`)).json();
    expect(await list("?limit=2")).toMatchObject({ first_id: "item_c", last_id: "item_b", has_more: true });
    expect(await list("?limit=2&after=item_b")).toMatchObject({
      first_id: "item_a",
      last_id: "item_a",
      has_more: false,
    });
    expect(await list("?order=asc&limit=1")).toMatchObject({ data: [{ id: "item_a" }] });
    expect(await list("?limit=0")).toMatchObject({ error: { param: "limit" } });
    const streamed = await fetch(`${url}/v1/responses/${made.id}?stream=true`);
    expect(streamed.status).toBe(400);
  });

  test.each(["limit=101", "limit=0x10", "limit=5.0", "limit=", "order=foo", "order=", "after=item_x", "after="])(
    "are not listed by a wrong query: %s",
    async (query) => {
      const { url } = await start();
      const response = await post(url, "/v1/responses", { model: "tiny", input: "a", store: true });
      const { id } = (await response.json()) as { id: string };
      const listed = await fetch(`${url}/v1/responses/${id}/input_items?${query}`);
      expect(listed.status).toBe(400);
      expect(await listed.json()).toMatchObject({ error: { code: "invalid_request", param: query.split("=")[0] } });
    },
  );

  test("whose client gave two items one id have a last page", async () => {
    const { url } = await start();
    const input = ["a", "a", "b"].map((id) => ({ role: "user", content: "x", id }));
    const response = await post(url, "/v1/responses", { model: "tiny", input, store: true });
    const made = (await response.json()) as { id: string };
    const seen: string[] = [];
    for (let after = ""; seen.length < 5; ) {
      const path = `${url}/v1/responses/${made.id}/input_items?order=asc&limit=1${after}`;
      const page = (await (await fetch(path)).json()) as { last_id: string; has_more: boolean };
      seen.push(page.last_id);
      if (!page.has_more) break;
      after = `&after=${page.last_id}`;
    }
    expect(seen).toEqual(["a", "b"]);
  });
});

test("a response is stored by the key as it is when the response ends, and not deleted while the key's owner is held", async () => {
  const responses = new MemoryResponseStore({ maxBytes: 1_000_000, ttlSeconds: 60, now: () => performance.now() });
  const terms: unknown[] = [];
  const { url, keys } = await startTestGateway({
    config: { auth: "required" },
    engines: [{ intervalMs: 50 }],
    responses: {
      get: (...get) => responses.get(...get),
      delete: (...removed) => responses.delete(...removed),
      put: async (tenant, id, stored, read) => {
        terms.push(await read?.());
        await responses.put(tenant, id, stored, read);
      },
    },
  });
  const key = newApiKey();
  const item = { keyId: key.keyId, hash: key.hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  keys.set(key.keyId, item);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key.secret, maxRetries: 0 });
  const stream = await openai.responses.create({ model: "tiny", input: "One", stream: true });
  let id = "";
  for await (const event of stream) {
    if (event.type === "response.created")
      keys.set(key.keyId, { ...item, heldBy: ["proj_1"], keepDays: { responses: 7 } });
    if (event.type === "response.completed") id = event.response.id;
  }
  await eventually(() => expect(terms).toEqual([{ keepDays: 7, heldBy: ["proj_1"] }]));
  const refused = await thrown(openai.responses.delete(id));
  expect(refused).toMatchObject({ status: 409, code: "legal_hold", message: expect.stringContaining("'proj_1'") });
  expect(await thrown(openai.responses.delete("resp_none"))).toMatchObject({ status: 404 });
  keys.set(key.keyId, item);
  expect(await thrown(openai.responses.delete(id))).toBeUndefined();
});
