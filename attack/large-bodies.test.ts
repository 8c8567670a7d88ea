import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { MAX_TURN_MS, TurnMeter } from "./turn-meter.ts";

/** The least of some counts: code that is not yet compiled, and the collector's turns, are not the request's. */
const ROUNDS = 8;
/** The usual limit of a body, `api.bodyLimitBytes`. */
const LIMIT_BYTES = 4_000_000;

const TEXTS = {
  "escaped quotes": '\\"',
  "escaped backslashes": "\\\\",
  "line ends": "\\n",
  "halves of pairs of surrogates": "\\ud800",
  letters: "a",
} as const;

/** Sends a request and drops the response. @returns its status */
async function statusOf(url: string, body: Buffer): Promise<number> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = ["host: a", "connection: close", "content-type: application/json", `content-length: ${body.length}`];
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
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
  30_000,
);
