import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { type EngineStack, MODEL, until } from "./engine-stack.ts";

const WORDS = [
  "river",
  "stone",
  "cloud",
  "lamp",
  "field",
  "paper",
  "north",
  "green",
  "table",
  "music",
  "winter",
  "bread",
];
/** Words of the shared document: about 1,200 tokens, nine of vLLM's blocks of 128 on a CPU. */
const DOCUMENT_WORDS = 1100;
/** Requests on an engine that make the other one the better choice. */
const LOAD = 3;
/** Prompts in a row that show where the gateway sends an unknown one. */
const IN_A_ROW = 3;
/** Seconds in which the gateway learns that an engine's load has changed; it polls every 2 s. */
const LEARNS_SECONDS = 40;
/** Prediction and vLLM's own count may differ by this factor: tokens are estimated from bytes, blocks are rounded. */
const AGREEMENT = 2;

/**
 * A prompt whose beginning one engine has computed goes to that engine, where vLLM finds it in its cache, as the gateway
 * predicted. The document is put on the engine that the gateway would not choose by itself, so that only knowledge of the
 * cache leads there.
 */
export async function prefixIsFound(stack: EngineStack): Promise<void> {
  const preferred = await unknownPromptsGo(stack);
  const release = await stack.fill([preferred], LOAD);
  let document = "";
  let holder = preferred;
  try {
    await until(
      "the engine with less load gets a document",
      async () => {
        document = words(DOCUMENT_WORDS);
        holder = await send(stack, `${document}\nWhat is the first word?`);
        return holder !== preferred;
      },
      LEARNS_SECONDS,
    );
  } finally {
    await release();
  }
  const goBack = async () => (await unknownPromptsGo(stack)) === preferred;
  await until("unknown prompts go where they went before", goBack, LEARNS_SECONDS);

  const hits = () => stack.engineMetric(holder, ENGINE_METRICS.prefixCacheHits);
  const predicted = () => stack.gatewayMetric(GATEWAY_METRICS.routedPromptTokens, { model: MODEL, cached: "yes" });
  const [hitsBefore, predictedBefore] = [await hits(), await predicted()];
  assert.equal(
    await send(stack, `${document}\nWhat is the last word?`),
    holder,
    "the document goes where it is cached",
  );
  const [found, expected] = [(await hits()) - hitsBefore, (await predicted()) - predictedBefore];
  assert.ok(found > 600, `vLLM found ${found} tokens of the document in its cache`);
  const ratio = expected / found;
  assert.ok(
    ratio > 1 / AGREEMENT && ratio < AGREEMENT,
    `${expected} cached tokens were predicted, vLLM found ${found}`,
  );
}

/** The engine that gets prompts of which none has computed anything: several in a row, one after another. */
async function unknownPromptsGo(stack: EngineStack): Promise<string> {
  const last: string[] = [];
  await until(
    "several unknown prompts go to the same engine",
    async () => {
      last.push(await send(stack, words(12)));
      return last.length >= IN_A_ROW && new Set(last.slice(-IN_A_ROW)).size === 1;
    },
    LEARNS_SECONDS,
  );
  return last.at(-1) ?? "";
}

/** Sends a prompt through the gateway. @returns the engine that computed it */
async function send(stack: EngineStack, content: string): Promise<string> {
  const prompts = () =>
    Promise.all(stack.engines.map((engine) => stack.engineMetric(engine, ENGINE_METRICS.promptTokens)));
  const before = await prompts();
  const response = await stack.post("/v1/chat/completions", { messages: [{ role: "user", content }], max_tokens: 4 });
  assert.equal(response.status, 200, await response.text());
  const after = await prompts();
  const [engine, ...others] = stack.engines.filter((_, index) => after[index] !== before[index]);
  assert.ok(engine !== undefined && others.length === 0, "one engine computed the prompt");
  return engine;
}

/** Words in an order that no prompt had before. */
function words(count: number): string {
  return Array.from({ length: count }, () => WORDS[randomInt(WORDS.length)]).join(" ");
}
