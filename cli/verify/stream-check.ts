import { eventData } from "../../lib/server-sent-events.ts";
import type { Finding } from "../doctor/finding.ts";
import { type Deployment, excerpt, open } from "./deployment.ts";

/** Tokens take at least 2 ms each on the fastest engines: what arrives in less than this was held back on its way. */
const SHORTEST_STREAM_MS = 30;
const TOKENS = 48;

/** Whether a streamed response arrives piece by piece, from its first event to `[DONE]`. */
export async function streamFinding(deployment: Deployment, model: string, signal: AbortSignal): Promise<Finding> {
  const body = JSON.stringify({
    model,
    messages: [{ role: "user", content: "Count from one to forty in words." }],
    max_tokens: TOKENS,
    stream: true,
  });
  const from = performance.now();
  const response = await open(deployment, "/v1/chat/completions", { body, signal });
  const type = response.headers.get("content-type") ?? "none";
  if (response.status !== 200 || !type.startsWith("text/event-stream"))
    return failed(`${response.status} of type ${type}: ${excerpt(await response.text())}`);
  const pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  for await (const bytes of response.body ?? []) pieces.push({ at: performance.now() - from, bytes });
  const events = eventData(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString());
  if (events.at(-1) !== "[DONE]") return failed(`the stream ends with ${excerpt(events.at(-1) ?? "nothing")}`);
  const [first = 0, last = 0] = [pieces[0]?.at, pieces.at(-1)?.at];
  if (events.length > 4 && last - first < SHORTEST_STREAM_MS)
    return failed(
      `${events.length} events arrived within ${(last - first).toFixed(0)} ms, after ${first.toFixed(0)} ms: something holds them back`,
    );
  return {
    level: "ok",
    text: `${events.length} events; the first after ${first.toFixed(0)} ms, the last after ${last.toFixed(0)} ms`,
  };
}

function failed(text: string): Finding {
  return { level: "fail", text, remedy: "check the integration's response transfer mode, and proxies on the way" };
}
