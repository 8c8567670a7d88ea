import { describe, expect, test } from "vitest";
import { MemoryResponseStore } from "../../../responses/memory-response-store.ts";
import { HELLO, json, startDialectGateway } from "../../../test/dialect-gateway.ts";

const store = (maxBytes = 1_000_000) =>
  new MemoryResponseStore({ maxBytes, ttlSeconds: 60, now: () => performance.now() });
const tools = [{ type: "function", name: "weather", parameters: { type: "object" } }];
const CALL = json({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "small",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "Looking",
        reasoning_content: "Hm",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }],
      },
      finish_reason: "tool_calls",
    },
  ],
});

async function start(responses: MemoryResponseStore | undefined = store()) {
  const gateway = await startDialectGateway(responses === undefined ? {} : { responses });
  gateway.script(CALL);
  const create = async (body: Record<string, unknown>) => {
    const { status, text, received } = await gateway.request("openai", "/v1/responses", body);
    return { status, body: JSON.parse(text), received };
  };
  return { ...gateway, create };
}

const references = (output: readonly { id: string }[]) => output.map(({ id }) => ({ type: "item_reference", id }));

describe("the second turn of the AI SDK", () => {
  test("refers to the items of the first, which was stored by default", async () => {
    const { create } = await start();
    const first = await create({ input: "Weather?", tools });
    expect(first.body.store).toBe(true);
    const second = await create({
      input: [
        { role: "user", content: "Weather?" },
        ...references(first.body.output),
        { type: "function_call_output", call_id: "call_1", output: "3 °C" },
      ],
      tools,
    });
    expect(second.status).toBe(200);
    expect(second.received?.body.messages).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "Looking",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "3 °C" },
    ]);
  });

  test("finds items of many turns through the input of the last one", async () => {
    const responses = store();
    let reads = 0;
    const counting = Object.assign(Object.create(responses), {
      get: async (tenant: string, id: string) => {
        reads++;
        return await responses.get(tenant, id);
      },
      put: async (...args: Parameters<MemoryResponseStore["put"]>) => await responses.put(...args),
    });
    const { create, script } = await start(counting);
    script(HELLO.openai);
    let input: object[] = [{ role: "user", content: "0" }];
    for (let turn = 1; turn <= 20; turn++) {
      const { body, status } = await create({ input });
      expect(status).toBe(200);
      input = [...input, ...references(body.output), { role: "user", content: String(turn) }];
    }
    reads = 0;
    const last = await create({ input });
    expect(last.received?.body.messages).toHaveLength(41);
    expect(reads).toBe(1);
  });

  test("may leave the type out, as OpenAI's schema does", async () => {
    const { create } = await start();
    const first = await create({ input: "Weather?" });
    const { id } = first.body.output[1];
    expect((await create({ input: [{ id }] })).received?.body.messages).toEqual([
      { role: "assistant", content: "Looking" },
    ]);
  });

  test("is refused with the reference's name and a remedy where its item is not stored", async () => {
    const input = [
      { role: "user", content: "Hi" },
      { type: "item_reference", id: `msg_${"0".repeat(52)}` },
    ];
    for (const create of [(await start()).create, (await start(undefined)).create]) {
      const { status, body } = await create({ input });
      expect([status, body.error.param]).toEqual([400, "input[1].id"]);
      expect(body.error.message).toContain("store: false");
    }
  });

  test("finds no item of a response with store: false", async () => {
    const { create, url } = await start();
    const first = await create({ input: "Weather?", store: false });
    expect(first.body.store).toBe(false);
    expect((await create({ input: references(first.body.output) })).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/${first.body.id}`)).status).toBe(404);
  });
});

describe("what a request refers to", () => {
  test("has each item once: the second reference to one is refused by its index, and nothing is sent", async () => {
    const { create } = await start();
    const first = await create({ input: "Weather?" });
    const { id } = first.body.output[1];
    const twice = await create({ input: [{ id }, { role: "user", content: "Hi" }, { type: "item_reference", id }] });
    expect([twice.status, twice.body.error.param, twice.received]).toEqual([400, "input[2].id", undefined]);
    expect(twice.body.error.message).toContain("leave this reference out");
  });

  test("may have as many bytes as a body, by reference or by the response before", async () => {
    const { create, script } = await start(store(100_000_000));
    script(HELLO.openai);
    const text = (megabytes: number) => [{ role: "user", content: "a".repeat(megabytes * 1_000_000) }];
    const first = await create({ input: text(3) });
    const second = await create({ input: text(2), previous_response_id: first.body.id });
    expect([second.status, second.body.store]).toEqual([200, true]);
    const chained = await create({ input: "Hi", previous_response_id: second.body.id });
    expect([chained.status, chained.body.error?.param, chained.received]).toEqual([
      400,
      "previous_response_id",
      undefined,
    ]);
    expect(chained.body.error.message).toContain("at most 4000000 bytes in all");
    expect(chained.body.error.message).toContain("start a new conversation");
    const tail = second.body.id.slice(5);
    const referring = await create({ input: [{ id: `msg_${tail}0000` }, ...references(first.body.output)] });
    expect(referring.status).toBe(200);
    const other = await create({ input: text(3) });
    const items = [second, other].map(({ body }) => ({ id: `msg_${body.id.slice(5)}0000` }));
    const both = await create({ input: items });
    expect([both.status, both.body.error?.param, both.received]).toEqual([400, "input", undefined]);
  });
});
