import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { MemoryMeter } from "./memory-meter.ts";
import { DIALECT_SHAPES } from "./test/dialect-shapes.ts";
import { OPENAI_SHAPES, type UpstreamShape } from "./test/upstream-shapes.ts";
import { MAX_TURN_MS, TurnMeter } from "./turn-meter.ts";

/** A stream's bound is 8 MiB, by a count that is above what it takes; the collector may be late with what is read and over. */
const MAX_GROWTH_MIB = 128;
/** The least of some counts: code that is not yet compiled, and the collector's turns, are not the response's. */
const ROUNDS = 4;
/** A client that has seen enough of an endless response. */
const PATIENCE_MS = 2500;
const RESPONDED = [200, 400, 429, 502, 503];
const messages = (content: string) => [{ role: "user", content }];
const CLIENTS = {
  chat: { path: "/v1/chat/completions", body: (content: string) => ({ messages: messages(content) }) },
  Messages: { path: "/v1/messages", body: (content: string) => ({ messages: messages(content), max_tokens: 9 }) },
  Responses: { path: "/v1/responses", body: (input: string) => ({ input }) },
} as const;

let upstream: Worker;
let origin: string;
beforeAll(async () => {
  upstream = new Worker(new URL("test/hostile-upstream.ts", import.meta.url));
  const [port]: unknown[] = await once(upstream, "message");
  origin = `http://127.0.0.1:${port}`;
});
afterAll(() => upstream.terminate());

/**
 * Sends a request and drops the response.
 * @returns its status, once the connection is closed; 0 where none is expected and none has come
 */
async function statusOf(
  url: string,
  path: string,
  body: object,
  { isUnread = false, isSilent = false }: Partial<UpstreamShape> = {},
): Promise<number> {
  const text = JSON.stringify(body);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = ["host: a", "connection: close", "content-type: application/json", `content-length: ${text.length}`];
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n${text}`);
  let status = 0;
  let timer: NodeJS.Timeout | undefined;
  const leaveLater = () => {
    timer ??= setTimeout(() => socket.destroy(), PATIENCE_MS);
  };
  // A machine with much else to do may take seconds until the head is there.
  if (isSilent) leaveLater();
  socket.on("data", (chunk: Buffer) => {
    if (status === 0) status = Number(chunk.toString("latin1", 9, 12));
    leaveLater();
    if (isUnread) socket.pause();
  });
  socket.on("error", () => undefined);
  await once(socket, "close");
  clearTimeout(timer);
  return status;
}

const UPSTREAM_SHAPES: readonly UpstreamShape[] = [...OPENAI_SHAPES, ...DIALECT_SHAPES];
const awsCredentials = async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" });

/** Of a provider that speaks this dialect. */
function providerOf(name: string, dialect: UpstreamShape["dialect"] | "openai" = "openai") {
  return providerConfig(name, origin, { dialect, ...(dialect === "bedrock" ? { region: "us-east-1" } : {}) });
}

describe.each(Object.entries(CLIENTS))("a hostile upstream behind a client of %s", (_dialect, { path, body }) => {
  test.each(UPSTREAM_SHAPES.map((shape, number) => ({ ...shape, number })))(
    "($name) holds the gateway's thread for under 250 ms of CPU time and little memory, and the next request is served",
    async ({ number, dialect, isSilent = false, isUnread = false }) => {
      const names = Array.from({ length: ROUNDS }, (_, round) => `p${round}`);
      const { url, log } = await startTestGateway({
        awsCredentials,
        // Each round has a provider that has not failed yet, so that it is called.
        config: {
          providers: names.map((name) => providerOf(name, dialect)),
          routes: names.map((name) => routeConfig(`hostile-${name}`, [`${name}/small`])),
        },
      });
      const meter = new TurnMeter();
      const memory = new MemoryMeter();
      onTestFinished(() => {
        meter.stop();
        memory.stop();
      });
      const holds: number[] = [];
      for (let round = 0; round < ROUNDS && !(Math.min(...holds) < MAX_TURN_MS); round++) {
        meter.take();
        const status = await statusOf(
          url,
          path,
          { model: `hostile-p${round}`, stream: true, ...body(`shape ${number}`) },
          { isUnread, isSilent },
        );
        // The upstream's own response, not the end of a wait for it.
        expect(isSilent ? [0, ...RESPONDED, 504] : RESPONDED).toContain(status);
        holds.push(meter.take());
      }
      expect(Math.min(...holds)).toBeLessThan(MAX_TURN_MS);
      expect(memory.take()).toBeLessThan(MAX_GROWTH_MIB);
      const next = () => statusOf(url, path, { model: "tiny", ...body("a") });
      await eventually(async () => expect(await next()).toBe(200));
      expect(log().filter(({ msg }) => msg === "a request was not settled")).toEqual([]);
    },
    60_000,
  );
});
