import { describe, expect, test } from "vitest";
import { isRecord } from "../../lib/is-record.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { MemoryResponseStore } from "../responses/memory-response-store.ts";
import type { ResponseStore } from "../responses/response-store.ts";
import { eventsOf, post, startTestGateway } from "../test/test-gateway.ts";

const BODY = { model: "tiny", input: "a", store: true };

function memoryStore(maxBytes = 1_000_000) {
  return new MemoryResponseStore({ maxBytes, ttlSeconds: 60, now: () => performance.now() });
}

/** A store that takes its time to write. */
function slowStore(milliseconds: number) {
  const memory = memoryStore();
  const state = { isWritten: false };
  const store: ResponseStore = {
    get: (tenant, id) => memory.get(tenant, id),
    delete: (tenant, id) => memory.delete(tenant, id),
    put: async (tenant, id, stored) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await memory.put(tenant, id, stored);
      state.isWritten = true;
    },
  };
  return { store, state };
}

async function respond(responses: ResponseStore) {
  const { url, log } = await startTestGateway({ responses });
  const response = await post(url, "/v1/responses", BODY);
  return { url, log, status: response.status, body: (await response.json()) as { id: string; store: boolean } };
}

test("a response that states `store: true` is sent after it was written", async () => {
  const { store, state } = slowStore(100);
  const { url, status, body } = await respond(store);
  expect([status, body.store, state.isWritten]).toEqual([200, true, true]);
  expect((await fetch(`${url}/v1/responses/${body.id}`)).status).toBe(200);
});

test("a response that could not be written states `store: false`, and the log has why", async () => {
  const { status, body, log } = await respond(memoryStore(100));
  expect([status, body.store]).toEqual([200, false]);
  expect(log().filter(({ msg }) => msg === "a response was not stored")).toHaveLength(1);
});

/** The last event of a streamed response, with what was there when it came. */
async function lastEvent(text: string) {
  const event: unknown = JSON.parse(eventsOf(text).at(-1) ?? "");
  if (!isRecord(event) || !isRecord(event.response)) throw new Error("the last event has no response");
  const { id, store, output } = event.response;
  return { type: event.type, id: String(id), store, output };
}

describe("a streamed response", () => {
  // documented: stream-stored-before-its-end
  test("can be continued from as soon as its last event has come", async () => {
    const { store } = slowStore(300);
    const { url } = await startTestGateway({ responses: store });
    const reader = (await post(url, "/v1/responses", { ...BODY, stream: true })).body?.getReader();
    let text = "";
    while (!text.includes("response.completed")) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) break;
      text += Buffer.from(value ?? []).toString("utf8");
    }
    const id = /"id":"(resp_[^"]+)"/.exec(text)?.[1];
    const next = await post(url, "/v1/responses", { model: "tiny", input: "b", previous_response_id: id });
    expect([text.includes("response.completed"), next.status]).toEqual([true, 200]);
  });

  test("that could not be written ends with `store: false`, and the log has why", async () => {
    const { url, log } = await startTestGateway({ responses: memoryStore(100) });
    const last = await lastEvent(await (await post(url, "/v1/responses", { ...BODY, stream: true })).text());
    expect(last).toMatchObject({ type: "response.completed", store: false, output: [{ status: "completed" }] });
    expect(log().filter(({ msg }) => msg === "a response was not stored")).toHaveLength(1);
  });

  test("frees the slot of its target while it is written", async () => {
    const { store } = slowStore(1500);
    const { url, engines } = await startTestGateway({ responses: store, model: { maxRequestsPerEngine: 1 } });
    const stream = post(url, "/v1/responses", { ...BODY, stream: true }).then((response) => response.text());
    await eventually(() => expect(engines[0]?.received).toHaveLength(1));
    const whole = await post(url, "/v1/responses", { ...BODY, store: false });
    expect(whole.status).toBe(200);
    const open = await Promise.race([stream, "not yet there"]);
    expect([open, (await lastEvent(await stream)).store]).toEqual(["not yet there", true]);
  });

  test("that is not written within 5 s ends with `store: false`, and is not there later", async () => {
    const { store, state } = slowStore(6000);
    const { url, log } = await startTestGateway({ responses: store });
    const last = await lastEvent(await (await post(url, "/v1/responses", { ...BODY, stream: true })).text());
    expect([last.type, last.store]).toEqual(["response.completed", false]);
    expect(log().filter(({ msg }) => msg === "a response was not stored")).toHaveLength(1);
    await eventually(() => expect(state.isWritten).toBe(true));
    await eventually(async () => expect((await fetch(`${url}/v1/responses/${last.id}`)).status).toBe(404));
  });

  test("whose client leaves while it is written is settled once", async () => {
    const { store, state } = slowStore(500);
    const { url, log } = await startTestGateway({ responses: store });
    const reader = (await post(url, "/v1/responses", { ...BODY, stream: true })).body?.getReader();
    let text = "";
    while (!text.includes("response.output_item.done"))
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    await eventually(() => expect(log().filter(({ msg }) => msg === "request")).toHaveLength(1));
    expect([state.isWritten, log().find(({ msg }) => msg === "request")?.aborted]).toEqual([true, true]);
  });
});
