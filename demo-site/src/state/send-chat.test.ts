import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { chatBody } from "../api/chat-request.ts";
import { type ChatState, chatReducer, INITIAL_STATE } from "./chat-state.ts";
import { sendChat, waitFor } from "./send-chat.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function apiThat(...listeners: readonly RequestListener[]): Promise<string> {
  let calls = 0;
  const server = createServer((request, response) =>
    listeners[Math.min(calls++, listeners.length - 1)]?.(request, response),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends as the page does and returns the state after each action. */
async function follow(apiUrl: string, stopAt?: string): Promise<ChatState[]> {
  const controller = new AbortController();
  const request = { model: "m", prompt: "p" };
  const states = [chatReducer(INITIAL_STATE, { type: "sent", id: 1, at: 0, request })];
  const call = { apiUrl, apiKey: "", body: chatBody(request), signal: controller.signal, isOnline: () => true };
  await sendChat(1, call, {
    now: () => 0,
    wait: (ms, signal) => waitFor(Math.min(ms, 1), signal),
    dispatch: (action) => {
      states.push(chatReducer(states.at(-1)!, action));
      if (states.at(-1)?.phase.kind === stopAt) controller.abort();
    },
  });
  return states;
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const stream =
  (...parts: readonly string[]): RequestListener =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).end(parts.join(""));
  };
const error =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const busy = error(503, JSON.stringify({ error: { message: "All full." } }), { "retry-after": "7" });

test("a 503 is repeated until the response comes", async () => {
  const states = await follow(await apiThat(busy, busy, stream(delta("Hi"), "data: [DONE]\n\n")));
  expect(states.map((state) => state.phase.kind).join(" ")).toBe(
    "waiting unavailable waiting unavailable waiting streaming done",
  );
  expect(states.at(-1)?.current?.response).toBe("Hi");
});

test("a 503 that stays is reported after three repeats, with the API's own words", async () => {
  const states = await follow(await apiThat(busy));
  expect(states.filter((state) => state.phase.kind === "unavailable")).toHaveLength(3);
  expect(states.at(-1)?.phase).toMatchObject({
    kind: "failed",
    problem: { message: "All full.", retryAfterSeconds: 7 },
  });
});

test("Stop ends the wait after a 503", async () => {
  const states = await follow(await apiThat(busy), "unavailable");
  expect(states.at(-1)?.current?.ending).toBe("stopped");
});

test("Stop during the stream leaves the text so far", async () => {
  const open: RequestListener = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(delta("part"));
  };
  const states = await follow(await apiThat(open), "streaming");
  expect(states.at(-1)).toMatchObject({ phase: { kind: "done" }, current: { response: "part", ending: "stopped" } });
});

test.each([
  ["without [DONE]", stream(delta("half")), "half", /closing mark/],
  ["with an error event", stream(delta("half"), event({ error: { message: "Engine gone." } })), "half", /Engine gone/],
  ["with a named error event", stream(delta("h"), "event: error\ndata: {}\n\n"), "h", /stopped in the middle/],
] as const)("a stream that ends %s is no finished response", async (_, listener, text, message) => {
  const last = (await follow(await apiThat(listener))).at(-1);
  expect(last?.current).toMatchObject({ response: text, ending: "broken" });
  expect(last?.phase).toMatchObject({ kind: "failed", problem: { kind: "interrupted" } });
  expect(last?.phase.kind === "failed" && last.phase.problem.message).toMatch(message);
});

test("a connection that is cut leaves the text and shows a problem", async () => {
  const cut: RequestListener = (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(delta("half"), () => setImmediate(() => request.socket.destroy()));
  };
  const last = (await follow(await apiThat(cut))).at(-1);
  expect(last?.phase).toMatchObject({ kind: "failed", problem: { kind: "interrupted" } });
});

test("takes usage, finish reason and a stop at [DONE] even when the stream continues", async () => {
  const usage = event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } });
  const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: "length" }] });
  const last = (await follow(await apiThat(stream(delta("a"), finish, usage, "data: [DONE]\n\n", delta("after"))))).at(
    -1,
  );
  expect(last?.current).toMatchObject({
    response: "a",
    finishReason: "length",
    usage: { promptTokens: 3, completionTokens: 2 },
    ending: "complete",
  });
});

test("400 has each field's problem; another body still has a message", async () => {
  const details = [{ param: "temperature", message: "must be at most 2" }];
  const body = JSON.stringify({ error: { message: "Invalid.", param: "temperature", details } });
  const invalid = (await follow(await apiThat(error(400, body, { "x-request-id": "r-1" })))).at(-1);
  expect(invalid?.phase).toMatchObject({ problem: { kind: "invalid", details, requestId: "r-1", status: 400 } });
  const bare = (await follow(await apiThat(error(502, "<html>")))).at(-1);
  expect(bare?.phase).toMatchObject({ problem: { kind: "other", message: expect.stringContaining("502") } });
});

test("a response that is no event stream is a problem, not an empty response", async () => {
  const last = (await follow(await apiThat(error(200, "{}", { "content-type": "application/json" })))).at(-1);
  expect(last?.phase).toMatchObject({
    kind: "failed",
    problem: { message: expect.stringContaining("application/json") },
  });
});

test("an API that is not there is unreachable, not offline", async () => {
  const url = await apiThat(busy);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  expect((await follow(url)).at(-1)?.phase).toMatchObject({ kind: "failed", problem: { kind: "unreachable" } });
});
