import { createServer, type ServerResponse } from "node:http";

/**
 * A model server that costs little: whole responses at once, streams of 31 events, the first after 10 ms and then one
 * each millisecond. `node bench/gateway/upstream.ts <port>`
 */
const EVENTS = 31;
const FIRST_MS = 10;
const head = { id: "chatcmpl-bench", created: 1_700_000_000, model: "tiny" };
const usage = { prompt_tokens: 12, completion_tokens: EVENTS, total_tokens: 12 + EVENTS };
const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: " word".repeat(EVENTS) }, finish_reason: "stop" }],
    usage,
  }),
);
/** What routers read from a server before they send requests to it, and while they do. */
const PROBES: Readonly<Record<string, object>> = {
  "/health": {},
  "/health_generate": {},
  "/v1/models": { object: "list", data: [{ id: "tiny", object: "model", created: 1, owned_by: "bench" }] },
  "/model_info": { model_path: "tiny", tokenizer_path: "tiny", is_generation: true },
  "/get_model_info": { model_path: "tiny", tokenizer_path: "tiny", is_generation: true },
  "/server_info": { model_path: "tiny", served_model_name: "tiny" },
  "/get_server_info": { model_path: "tiny", served_model_name: "tiny" },
};

function event(fields: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...fields })}\n\n`);
}
const choice = (delta: object, finish_reason: string | null) => ({ choices: [{ index: 0, delta, finish_reason }] });
const word = event(choice({ content: " word" }, null));
const stop = event(choice({}, "stop"));
const usageEvent = event({ choices: [], usage });
const done = Buffer.from("data: [DONE]\n\n");

interface Stream {
  readonly response: ServerResponse;
  readonly wantsUsage: boolean;
  sent: number;
  readonly from: number;
}
/** One timer for all streams: a timer for each event of each would cost more than the events. */
const streams = new Set<Stream>();
setInterval(() => {
  const now = performance.now();
  for (const stream of streams) {
    const due = Math.min(EVENTS, Math.floor(now - stream.from) + 1);
    while (stream.sent < due) {
      stream.sent++;
      stream.response.write(stream.sent === EVENTS ? stop : word);
    }
    if (stream.sent < EVENTS) continue;
    streams.delete(stream);
    if (stream.wantsUsage) stream.response.write(usageEvent);
    stream.response.end(done);
  }
}, 1);

createServer((request, response) => {
  if (request.method === "GET") {
    const probe = PROBES[request.url ?? ""];
    response.writeHead(probe === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(probe ?? {}));
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    if (!/"stream"\s*:\s*true/.test(body)) {
      response.writeHead(200, { "content-type": "application/json", "content-length": whole.length }).end(whole);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    const wantsUsage = /"include_usage"\s*:\s*true/.test(body);
    const stream: Stream = { response, wantsUsage, sent: 0, from: performance.now() + FIRST_MS };
    streams.add(stream);
    response.once("close", () => streams.delete(stream));
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
