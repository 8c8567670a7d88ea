import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import OpenAI, { AuthenticationError, BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { ChatCompletionResponse } from "../contracts/api/chat.ts";
import { isProcessAlive } from "../lib/is-process-alive.ts";
import { StartedStack } from "../test-support/started-stack.ts";
import { eventually } from "../test-support/waits/eventually.ts";

/** The whole of `npm start`, as a user meets it: real model, real processes. Requests stay under the limit of 100. */
const run = promisify(execFile);
let stack: StartedStack;
let api: string;
const model = "phi-3-mini";

beforeAll(async () => {
  stack = await StartedStack.start();
  api = stack.state.apiUrl;
});
afterAll(async () => {
  await stack?.stop();
  stack?.remove();
});

/** The error code of a response. */
const codeOf = async (response: Response) =>
  z.object({ error: z.object({ code: z.string() }) }).parse(await response.json()).error.code;

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error(`never came true: ${what}`);
}

const client = (apiKey: string) => new OpenAI({ baseURL: `${api}/v1`, apiKey, maxRetries: 0 });

/** The SDK always sends a key, so the tests with it make one first. */
async function newKey(name: string): Promise<{ readonly secret: string; readonly keyId: string }> {
  const { code, output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", name);
  expect(output).toMatch(/Store it now: it is not shown again/);
  expect(code).toBe(0);
  const [secret = ""] = output.split("\n");
  return { secret, keyId: secret.split("-")[2] ?? "" };
}

describe("npm start", () => {
  // documented: start-prints-addresses
  test("ends with what runs where, the time it took, addresses and a curl", () => {
    const { apiUrl, siteUrl } = stack.state;
    expect(stack.output).toMatch(/engine-phi-3-mini\s+http:\/\/127\.0\.0\.1:\d+\s+pid \d+/);
    expect(stack.output).toMatch(/first request through the whole path: ".+"/);
    expect(stack.output).toMatch(/ready in \d+\.\d s/);
    expect(stack.output).toContain(`page  ${siteUrl}`);
    expect(stack.output).toContain(`API   ${apiUrl}/v1`);
  });

  // documented: printed-curl-works
  test("the printed curl works when pasted", async () => {
    const line = stack.output.split("\n").find((each) => each.startsWith("curl ")) ?? "";
    const { stdout } = await run("sh", ["-c", line]);
    const response = ChatCompletionResponse.parse(JSON.parse(stdout));
    expect(response.usage?.completion_tokens).toBeGreaterThan(0);
  });

  test("local.json names every process, and each of them is alive", () => {
    const { processes } = stack.state;
    expect(processes.map(({ role }) => role).sort()).toEqual(["engine", "gateway", "twin"]);
    expect(processes.filter(({ pid }) => !isProcessAlive(pid))).toEqual([]);
  });

  test("a second start beside it reports that in one line", async () => {
    const { code, output } = await stack.run("local/start.ts");
    expect(output).toMatch(/^sluice: Sluice already runs here \(dev\): API http:.*stop it with Ctrl-C there\.\n$/);
    expect(code).toBe(1);
  });
});

describe("sluice verify", () => {
  // documented: verify-local-stack
  test("finds nothing wrong with the started stack", async () => {
    const { code, output } = await stack.run("cli/sluice.ts", "verify");
    expect(output).toMatch(/\d+ checks: \d+ ok, \d to look at, 0 failed/);
    expect(output).toMatch(/^ok {4}stream phi-3-mini +\d+ events/m);
    expect(output).toMatch(/^ok {4}metrics +Sluice\/Gateway counts \d+ requests/m);
    expect(code).toBe(0);
  });
});

describe("the official OpenAI SDK", () => {
  // documented: real-model-serves
  test("completes, chats and streams, and lists the model with the weights that serve", async () => {
    const sdk = client((await newKey("sdk")).secret);
    const completion = await sdk.completions.create({ model, prompt: "1, 2, 3,", max_tokens: 6, temperature: 0 });
    expect(completion.usage?.completion_tokens).toBe(6);
    expect(completion.choices[0]?.finish_reason).toBe("length");

    const messages = [{ role: "user" as const, content: "List three fruits" }];
    const chat = await sdk.chat.completions.create({ model, messages, max_tokens: 12, temperature: 0 });
    const stream = await sdk.chat.completions.create({
      model,
      messages,
      max_tokens: 12,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    let streamed = "";
    let tokens = 0;
    for await (const chunk of stream) {
      streamed += chunk.choices[0]?.delta.content ?? "";
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    expect(streamed).toBe(chat.choices[0]?.message.content);
    expect(tokens).toBe(chat.usage?.completion_tokens);

    const [card] = (await sdk.models.list()).data;
    expect(card).toMatchObject({ id: model, root: expect.stringMatching(/SmolLM2-135M-Instruct/) });
  });

  // documented: wrong-key-401
  test("throws its own error classes for a wrong key and a wrong field", async () => {
    await expect(client("sk-wrong").models.list()).rejects.toBeInstanceOf(AuthenticationError);
    const { secret } = await newKey("fields");
    const failure = client(secret).completions.create({ model, prompt: "x", temperature: 9, n: 99 });
    await expect(failure).rejects.toBeInstanceOf(BadRequestError);
    await expect(failure).rejects.toMatchObject({ param: "temperature", code: "invalid_request" });
  });
});

describe("keys", () => {
  test("a revoked key is refused within seconds, and the list shows no secret", async () => {
    const { secret, keyId } = await newKey("to-revoke");
    const status = async () =>
      (await fetch(`${api}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await status()).toBe(200);
    await stack.run("cli/sluice.ts", "keys", "revoke", keyId);
    await eventually(async () => expect(await status()).toBe(401));
    const { output } = await stack.run("cli/sluice.ts", "keys", "list");
    expect(output).toMatch(new RegExp(`^${keyId}\\s+to-revoke\\s+standard\\s+.*revoked`, "m"));
    expect(output).not.toContain(secret.slice(19));
  });
});

describe("errors through the whole path", () => {
  const json = { "content-type": "application/json" };
  const send = (path: string, init: RequestInit = {}) => fetch(`${api}${path}`, init);
  const post = (body: string, headers: Record<string, string> = json) =>
    send("/v1/completions", { method: "POST", headers, body });

  test.each([
    ["invalid JSON", () => post("{"), 400, "invalid_json"],
    [
      "an unknown role",
      () =>
        send("/v1/chat/completions", {
          method: "POST",
          headers: json,
          body: JSON.stringify({ model, messages: [{ role: "boss", content: "hi" }] }),
        }),
      400,
      "invalid_request",
    ],
    [
      "prompt and max_tokens over the context",
      () => post(JSON.stringify({ model, prompt: "word ".repeat(3000), max_tokens: 2000 })),
      400,
      "context_length_exceeded",
    ],
    ["an unknown model", () => post(JSON.stringify({ model: "gpt-9", prompt: "x" })), 404, "model_not_found"],
    ["an unknown path", () => send("/v2/nothing"), 404, "not_found"],
    ["a wrong method", () => send("/v1/completions"), 405, "method_not_allowed"],
    [
      "a body over the limit",
      () => post(JSON.stringify({ model, prompt: "x".repeat(1_100_000) })),
      413,
      "request_too_large",
    ],
    ["a wrong content type", () => post("prompt=x", { "content-type": "text/plain" }), 415, "unsupported_media_type"],
    ["a wrong key", () => send("/v1/models", { headers: { authorization: "Bearer nope" } }), 401, "invalid_api_key"],
  ] as const)("%s gets an error in OpenAI's shape with a request id", async (_, request, status, code) => {
    const response = await request();
    expect({ status: response.status, code: await codeOf(response) }).toEqual({ status, code });
    expect(response.headers.get("x-request-id")).toMatch(/\S/);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("faults and limits", () => {
  // documented: killed-engine-503
  test("a killed engine's request gets 503 with Retry-After, and the engine is replaced", async () => {
    const engineOf = () => stack.state.processes.find(({ role }) => role === "engine");
    const before = engineOf();
    process.kill(before?.pid ?? 0, "SIGKILL");
    // At once: another engine may run within a second or two.
    while (isProcessAlive(before?.pid ?? 0)) await sleep(5);
    const refused = await fetch(`${api}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, prompt: "x", max_tokens: 1 }),
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await until(() => engineOf() !== undefined && engineOf()?.pid !== before?.pid, "another engine runs");
    const gateway = stack.state.processes.find(({ role }) => role === "gateway")?.url;
    await until(async () => (await fetch(`${gateway}/health`)).ok, "the model is ready again");
  });

  // documented: address-limit-429
  test("more than 100 requests in a minute from one address get 429 with Retry-After", async () => {
    const responses = await Promise.all(Array.from({ length: 101 }, () => fetch(`${api}/health`)));
    const last = await fetch(`${api}/health`);
    expect(responses.some(({ status }) => status === 429)).toBe(true);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await codeOf(last)).toBe("rate_limit_exceeded");
  });

  test("processes end by themselves when the twin was killed", async () => {
    const doomed = await StartedStack.start();
    const { processes } = doomed.state;
    doomed.child.kill("SIGKILL");
    await until(() => processes.every(({ pid }) => !isProcessAlive(pid)), "all of them have ended");
    doomed.remove();
  });

  test("Ctrl-C ends every process and removes the state file", async () => {
    const { processes } = stack.state;
    expect(await stack.stop()).toBe(0);
    expect(processes.filter(({ pid }) => isProcessAlive(pid))).toEqual([]);
    expect(existsSync(join(stack.folder, "local.json"))).toBe(false);
  });
});
