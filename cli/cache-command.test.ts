import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { cacheCommand } from "./cache-command.ts";

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
type TestResponse = { readonly status: number; readonly headers?: Record<string, string> };

/** An API that sends these responses one after another, and then the last one repeatedly. */
async function apiOf(...responses: TestResponse[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { status, headers = {} } = responses[Math.min(seen.length, responses.length - 1)] ?? { status: 500 };
      seen.push({ url: request.url, headers: request.headers, body });
      response.writeHead(status, headers).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function warm(lines: string, url: string | undefined, ...options: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-warm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "prompts.jsonl");
  writeFileSync(file, lines);
  const printed: string[] = [];
  const waits: number[] = [];
  const command = cacheCommand({
    print: (line) => printed.push(line),
    localUrl: () => url,
    key: async () => "sk-test",
    wait: async (milliseconds) => void waits.push(milliseconds),
  }).exitOverride();
  const run = command.parseAsync(["warm", "--file", file, ...options], { from: "user" });
  const error = await run.then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { printed, waits, error };
}

const HIT = { status: 200, headers: { "x-sluice-cache": "hit" } };
const MISS = { status: 200, headers: { "x-sluice-cache": "miss" } };

describe("sluice cache warm", () => {
  // documented: cache-warming
  test("sends each line to its endpoint, with the key and an age, and counts the responses that were cached already", async () => {
    const { url, seen } = await apiOf(MISS, HIT);
    const lines = '{"messages":[]}\n\n{"prompt":"Once"}\n{"input":"a"}\n';
    const { printed } = await warm(lines, url, "--concurrency", "1", "--max-age", "60");
    expect(seen.map((request) => request.url)).toEqual(["/v1/chat/completions", "/v1/completions", "/v1/embeddings"]);
    expect(seen[1]).toMatchObject({ body: '{"prompt":"Once"}' });
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer sk-test", "cache-control": "max-age=60" });
    expect(printed).toEqual(["3 requests: 1 sent to a model, 2 cached already, 0 failed."]);
  });

  test("waits as long as a busy API's Retry-After, and sends the request again", async () => {
    const { url } = await apiOf({ status: 429, headers: { "retry-after": "7" } }, { status: 503 }, MISS);
    const { printed, waits } = await warm('{"prompt":"a"}', url);
    expect(waits).toEqual([7000, 1000]);
    expect(printed).toEqual(["1 requests: 1 sent to a model, 0 cached already, 0 failed."]);
  });

  test("continues after a failure and names its line at the end", async () => {
    const { url } = await apiOf({ status: 400 }, MISS);
    const { printed, error } = await warm('{"prompt":"a"}\n{"prompt":"b"}', url, "--concurrency", "1");
    expect(printed).toEqual(["2 requests: 1 sent to a model, 0 cached already, 1 failed."]);
    expect(error).toBe("line 1: the API responded with 400; correct them and run the command again.");
  });

  test.each([
    ["not JSON", [], /line 1 is not a JSON object with messages, prompt or input; write one request body per line/],
    ["\n", [], /has no requests; write one request body per line/],
    ['{"prompt":"a"}', ["--max-age", "soon"], /--max-age must be a whole number from 1 to 604800, got soon/],
    ['{"prompt":"a"}', ["--max-age", "1e3"], /--max-age must be a whole number from 1 to 604800, got 1e3/],
    ['{"prompt":"a"}', ["--concurrency", "0x10"], /--concurrency must be a whole number from 1 to 64, got 0x10/],
    ['{"prompt":"a"}', ["--concurrency", "0"], /--concurrency must be a whole number from 1 to 64, got 0/],
    ['{"prompt":"a"}', ["--url", "http://127.0.0.1:9"], /line 1: http:\/\/127\.0\.0\.1:9 can't be reached/],
  ] as const)("%j with %j is refused in one line", async (lines, options, message) => {
    const { error } = await warm(lines, "http://127.0.0.1:9", ...options);
    expect(error).toMatch(message);
  });

  test("is refused without a local stack and without an address", async () => {
    const { error } = await warm('{"prompt":"a"}', undefined);
    expect(error).toMatch(
      /No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API/,
    );
  });
});
