import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { ProviderDialectName } from "../contracts/targets/provider-dialects.ts";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { MAX_TURN_MS, TurnMeter } from "./turn-meter.ts";

/** The least of some counts: code that is not yet compiled, and the collector's turns, are not the request's. */
const ROUNDS = 8;
/** The usual limit of a body, `api.bodyLimitBytes`. */
const LIMIT_BYTES = 4_000_000;
/** The highest that an environment may set. */
const MOST_BYTES = 10_000_000;

const TEXTS = {
  "escaped quotes": '\\"',
  "escaped backslashes": "\\\\",
  "line ends": "\\n",
  "halves of pairs of surrogates": "\\ud800",
  letters: "a",
} as const;

/** Those that take longest to parse and to write. */
const WORST = ["escaped backslashes", "halves of pairs of surrogates"] as const;
const CLIENTS = {
  chat: ["/v1/chat/completions", ""],
  Messages: ["/v1/messages", '"max_tokens":9,'],
  Responses: ["/v1/responses", '"store":false,'],
} as const;
const DIALECTS: readonly ProviderDialectName[] = ["openai", "anthropic", "bedrock", "gemini"];
const PAIRS = Object.entries(CLIENTS).flatMap(([client, [path, more]]) =>
  DIALECTS.flatMap((dialect) => WORST.map((name) => ({ client, path, more, dialect, name, piece: TEXTS[name] }))),
);

/** Sends a request and drops the response. @returns its status */
async function statusOf(url: string, body: Buffer, path = "/v1/chat/completions"): Promise<number> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = ["host: a", "connection: close", "content-type: application/json", `content-length: ${body.length}`];
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
  socket.write(body);
  let status = 0;
  socket.on("data", (chunk: Buffer) => {
    if (status === 0) status = Number(chunk.toString("latin1", 9, 12));
  });
  await once(socket, "close");
  return status;
}

test.each(Object.entries(TEXTS))(
  "a prompt of 4 MB (%s) holds the gateway's thread for under 250 ms of CPU time",
  async (_name, piece) => {
    const { url } = await startTestGateway({ config: { bodyLimitBytes: LIMIT_BYTES } });
    const content = piece.repeat((LIMIT_BYTES - 1000) / piece.length);
    const body = Buffer.from(`{"model":"tiny","messages":[{"role":"user","content":"${content}"}]}`);
    const meter = new TurnMeter();
    onTestFinished(() => meter.stop());
    const holds: number[] = [];
    for (let round = 0; round < ROUNDS && !(Math.min(...holds) < MAX_TURN_MS); round++) {
      await new Promise((resolve) => setImmediate(resolve));
      meter.take();
      expect([200, 400]).toContain(await statusOf(url, body));
      holds.push(meter.take());
    }
    expect(Math.min(...holds)).toBeLessThan(MAX_TURN_MS);
  },
);

/** Reads each request whole and refuses it. */
async function refusingProvider(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.writeHead(400).end("{}"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(PAIRS)(
  "a prompt of 10 MB ($name) of a client of $client to a provider of dialect $dialect does not hold the thread",
  async ({ path, more, dialect, piece }) => {
    const origin = await refusingProvider();
    const region = dialect === "bedrock" ? { region: "us-east-1" } : {};
    const { url } = await startTestGateway({
      awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
      config: {
        bodyLimitBytes: MOST_BYTES,
        providers: [providerConfig("p", origin, { dialect, ...region })],
        routes: [routeConfig("large", ["p/small"])],
      },
    });
    const content = piece.repeat((MOST_BYTES - 1000) / piece.length);
    const text = `{"model":"large",${more}"${path === "/v1/responses" ? "input" : "messages"}":[{"role":"user","content":"${content}"}]}`;
    const body = Buffer.from(text);
    const meter = new TurnMeter();
    onTestFinished(() => meter.stop());
    const holds: number[] = [];
    for (let round = 0; round < ROUNDS && !(Math.min(...holds) < MAX_TURN_MS); round++) {
      await new Promise((resolve) => setImmediate(resolve));
      meter.take();
      expect(await statusOf(url, body, path)).toBe(400);
      holds.push(meter.take());
    }
    expect(Math.min(...holds)).toBeLessThan(MAX_TURN_MS);
  },
  60_000,
);
