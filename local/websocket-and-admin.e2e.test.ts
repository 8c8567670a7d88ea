import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ChatCompletionChunk, ChatCompletionResponse } from "../contracts/api/chat.ts";
import { StartedStack } from "../test-support/started-stack.ts";
import { eventually } from "../test-support/waits/eventually.ts";

/** What only a whole `npm start` shows: a WebSocket through the load balancer to the real model, and operators at the API's address. */
let stack: StartedStack;
const model = "phi-3-mini";
const messages = [{ role: "user", content: "Say hello" }];

beforeAll(async () => {
  stack = await StartedStack.start();
});
afterAll(async () => {
  await stack?.stop();
  stack?.remove();
});

async function newKey(...options: readonly string[]): Promise<string> {
  const { output } = await stack.run("cli/sluice.ts", "keys", "create", ...options);
  return output.split("\n")[0] ?? "";
}

/** The listener that is on 443 on AWS. */
function loadBalancer(): string {
  const [, address] = /load balancer :443\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(stack.output) ?? [];
  if (address === undefined) throw new Error(`no load balancer in:\n${stack.output}`);
  return address;
}

test("a WebSocket through the load balancer has the real model's responses, streamed and whole, one after the other", async () => {
  const url = `${loadBalancer().replace("http", "ws")}/v1/chat/completions`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${await newKey("--name", "socket")}` } });
  onTestFinished(() => socket.terminate());
  const received: string[] = [];
  socket.on("message", (data) => received.push(String(data)));
  await once(socket, "open");
  const body = { model, messages, max_tokens: 8, temperature: 0 };
  socket.send(JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }));
  socket.send(JSON.stringify(body));
  await eventually(() => expect(received.filter((each) => each === "[DONE]")).toHaveLength(2), { timeoutMs: 60_000 });

  const end = received.indexOf("[DONE]");
  const chunks = received.slice(0, end).map((each) => ChatCompletionChunk.parse(JSON.parse(each)));
  const streamed = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  expect(streamed).not.toBe("");
  expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  const [whole = "", ...more] = received.slice(end + 1);
  expect(more).toEqual(["[DONE]"]);
  expect(ChatCompletionResponse.parse(JSON.parse(whole)).choices[0]?.message.content).toBe(streamed);

  const closed = once(socket, "close");
  socket.close();
  expect((await closed)[0]).toBe(1005); // both sides closed it, without a code
});

test("a WebSocket with a wrong key is refused before it is one", async () => {
  const url = `${loadBalancer().replace("http", "ws")}/v1/chat/completions`;
  const socket = new WebSocket(url, { headers: { authorization: "Bearer sk-other" } });
  socket.on("error", () => undefined);
  const [, response] = await once(socket, "unexpected-response");
  expect(response.statusCode).toBe(401);
  socket.terminate();
});

test("an operator adds a route at the API's own address and calls it; a key without the scope is refused by the edge", async () => {
  const { apiUrl } = stack.state;
  const operator = await newKey("--name", "operator", "--scope", "admin");
  const caller = await newKey("--name", "caller");
  const call = (key: string | undefined, method: string, path: string, body?: unknown) =>
    fetch(`${apiUrl}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const route = {
    policy: "weighted",
    sticky: "none",
    targets: [{ pool: model, weight: 1 }],
    fallbacks: [],
    failoverAfterSeconds: null,
  };
  for (const [key, status] of [
    [undefined, 401],
    [caller, 403],
  ] as const) {
    const refused = await call(key, "PUT", "/admin/routes/assistant", route);
    expect(refused.status).toBe(status);
    expect(refused.headers.get("x-amzn-requestid")).not.toBeNull();
  }
  const added = await call(operator, "PUT", "/admin/routes/assistant", route);
  expect([added.status, added.headers.get("etag")]).toEqual([200, '"1"']);
  const response = await call(caller, "POST", "/v1/chat/completions", { model: "assistant", messages, max_tokens: 4 });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-sluice-target")).toBe(model);
  expect((await call(operator, "DELETE", "/admin/routes/assistant")).status).toBe(200);
  expect((await call(operator, "GET", "/admin/routes/assistant")).status).toBe(404);
});
