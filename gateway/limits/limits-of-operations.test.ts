import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { LimitMetric, LimitWindow } from "../../contracts/limits/use-limit.ts";
import { OPERATIONS } from "../../contracts/openapi/operations.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { ConcurrencyLimiter } from "../batches/concurrency-limiter.ts";
import { sendRequest } from "../batches/send-request.ts";
import { routeOf } from "../test/endpoint-paths.ts";
import { LIMIT_NOW, startLimitedGateway, storedLimits } from "../test/limited-gateway.ts";
import { post } from "../test/test-gateway.ts";

/** A body of each operation that uses a model, and the tokens that the engine of the test counts for it. */
const OPERATION_BODIES: Readonly<Record<string, readonly [body: object, tokens: readonly [number, number]]>> = {
  "/v1/completions": [{ prompt: "Once", max_tokens: 3 }, [7, 3]],
  "/v1/chat/completions": [{ messages: [{ role: "user", content: "Hello" }], max_tokens: 3 }, [7, 3]],
  "/v1/responses": [{ input: "Hello", max_output_tokens: 3 }, [7, 3]],
  "/v1/messages": [{ messages: [{ role: "user", content: "Hello" }], max_tokens: 3 }, [7, 3]],
  "/v1/embeddings": [{ input: "Once" }, [7, 0]],
  "/tokenize": [{ prompt: "Once" }, [0, 0]],
  "/detokenize": [{ tokens: [1, 2] }, [0, 0]],
};
/** Counts tokens and generates none: it is free. */
const UNCOUNTED = ["/v1/messages/count_tokens"];
/** Of providers alone: `gateway/endpoints/moderations.test.ts`. */
const ELSEWHERE = ["/v1/moderations"];

const GENERATION_PATHS = OPERATIONS.filter(({ method }) => method === "post")
  .map(({ path }) => path)
  .filter((path) => routeOf(path, "POST").endpoint?.generation !== undefined);

const TRANSPORTS = ["whole", "stream", "batch", "socket"] as const;
type Transport = (typeof TRANSPORTS)[number];
const METRICS: readonly (readonly [LimitMetric, LimitWindow])[] = [
  ["requests", "minute"],
  ["requests", "hour"],
  ["requests", "day"],
  ["input_tokens", "minute"],
  ["output_tokens", "minute"],
  ["tokens", "minute"],
  ["tokens", "month"],
  ["nano_usd", "hour"],
  ["nano_usd", "lifetime"],
];

const transportsOf = (path: string) =>
  TRANSPORTS.filter((transport) => {
    const canStream = routeOf(path, "POST").endpoint?.generation?.streams === true;
    if (transport === "socket") return path === "/v1/chat/completions";
    if (transport === "batch") return !path.includes("tokenize") && path !== "/v1/messages";
    return transport === "whole" || canStream;
  });
const CASES = Object.keys(OPERATION_BODIES).flatMap((path) =>
  transportsOf(path).map((transport) => [path, transport] as const),
);

function usedOf(metric: LimitMetric, [prompt, completion]: readonly [number, number]): number {
  const amounts = { requests: 1, concurrency: 1, input_tokens: prompt, output_tokens: completion };
  if (metric === "tokens") return prompt + completion;
  return metric === "nano_usd" ? 1000 * prompt + 2000 * completion : amounts[metric];
}

type Started = Awaited<ReturnType<typeof startLimitedGateway>>;
type Keyed = ReturnType<Started["keyed"]>;

/** Sends one request over one of the transports. @returns its status, and the error's code where there is one */
async function send(gateway: Started, key: Keyed, path: string, transport: Transport) {
  const body = { model: "tiny", ...OPERATION_BODIES[path]?.[0], ...(transport === "stream" ? { stream: true } : {}) };
  if (transport === "socket") return sendBySocket(gateway, key, body);
  if (transport === "batch") return sendInBatch(gateway, key, path, body);
  const response = await post(gateway.url, path, body, key.headers);
  return { status: response.status, text: await response.text() };
}

/** As the worker of a batch sends it; it would send a refused one again, so its first response is taken. */
async function sendInBatch({ gateway }: Started, { keyId }: Keyed, endpoint: string, body: object) {
  const leaving = new AbortController();
  let status = 0;
  const response = await sendRequest(
    { customId: "1", body: { ...body } },
    {
      handle: async (request) => {
        const handled = await gateway.handle(request);
        status = handled.status;
        if (status === 429) leaving.abort();
        return handled;
      },
      limiter: new ConcurrencyLimiter(1),
      endpoint,
      caller: { tenant: `key:${keyId}`, keyId, priceFactor: 1 },
      isExpired: () => status === 429,
      isStopped: () => false,
      signal: new AbortController().signal,
      leaving: leaving.signal,
      random: () => 0,
    },
  );
  return { status, text: typeof response === "object" ? response.body.toString("utf8") : "" };
}

async function sendBySocket({ url }: Started, { headers }: Keyed, body: object) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/chat/completions`, { headers });
  onTestFinished(() => socket.terminate());
  const messages: string[] = [];
  socket.on("message", (data) => messages.push(String(data)));
  await once(socket, "open");
  socket.send(JSON.stringify(body));
  const isOver = () => messages.some((message) => message === "[DONE]" || message.includes('"error"'));
  await eventually(() => expect(isOver()).toBe(true));
  socket.close();
  const text = messages.join("\n");
  return { status: text.includes('"error"') ? 429 : 200, text };
}

test("every operation that uses a model is tested, or known to be free", () => {
  expect([...Object.keys(OPERATION_BODIES), ...UNCOUNTED, ...ELSEWHERE].sort()).toEqual([...GENERATION_PATHS].sort());
});

// documented: limits-of-every-operation
test.each(CASES)(
  "%s (%s) is counted exactly in each limit, and refused once the limit is reached",
  async (path, transport) => {
    const gateway = await startLimitedGateway();
    const engine = gateway.engines[0]!;
    for (const [metric, window] of METRICS) {
      const name = `${metric} per ${window}`;
      const key = gateway.keyed();
      const limit = { metric, window, max: 1_000_000_000 } as const;
      key.limit(storedLimits(key.subject, [limit]));
      for (const _ of [1, 2]) expect((await send(gateway, key, path, transport)).status, name).toBe(200);
      const each = usedOf(metric, OPERATION_BODIES[path]![1]);
      await eventually(async () => expect(await gateway.used(key.subject, limit), name).toBe(2 * each));
      const calls = engine.received.length;
      key.limit(storedLimits(key.subject, [{ ...limit, max: 2 * each }]));
      const next = await send(gateway, key, path, transport);
      // What uses nothing of a limit is never over it.
      expect(next.status, `${name}: ${next.text}`).toBe(each === 0 ? 200 : 429);
      if (each === 0) continue;
      expect(engine.received.length, name).toBe(calls);
      await eventually(async () => expect(await gateway.used(key.subject, limit), name).toBe(2 * each));
    }
  },
);

// documented: concurrency-of-every-operation
test.each(CASES)("%s (%s) holds one of the requests at once until it ends", async (path, transport) => {
  const gateway = await startLimitedGateway({ engines: [{ firstByteMs: 150 }] });
  const key = gateway.keyed();
  const limit = { metric: "concurrency", window: "now", max: 2 } as const;
  key.limit(storedLimits(key.subject, [limit]));
  const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => send(gateway, key, path, transport)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429]);
  await eventually(async () => expect(await gateway.used(key.subject, limit)).toBe(0));
  expect((await send(gateway, key, path, transport)).status).toBe(200);
});

test.each(UNCOUNTED)("%s is counted in no limit", async (path) => {
  const gateway = await startLimitedGateway();
  const key = gateway.keyed();
  key.limit(storedLimits(key.subject, [{ metric: "requests", window: "minute", max: 0 }]));
  const body = { model: "tiny", messages: [{ role: "user", content: "Hello" }] };
  expect((await post(gateway.url, path, body, key.headers)).status).toBe(200);
});

test("a window that has begun anew admits again", async () => {
  const { MemoryLimitStore } = await import("./memory-limit-store.ts");
  let now = LIMIT_NOW;
  const gateway = await startLimitedGateway({ rates: new MemoryLimitStore({ wallClock: () => now }) });
  const key = gateway.keyed();
  key.limit(storedLimits(key.subject, [{ metric: "requests", window: "minute", max: 1 }]));
  const status = async () => (await send(gateway, key, "/v1/completions", "whole")).status;
  expect([await status(), await status()]).toEqual([200, 429]);
  now += 50_000;
  expect([await status(), await status()]).toEqual([200, 429]);
});
