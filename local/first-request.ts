import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { ChatCompletionResponse } from "../contracts/chat.ts";
import type { ErrorBody } from "../contracts/errors.ts";
import { Health } from "../contracts/health.ts";
import type { Twin } from "./twin.ts";

/**
 * Waits until every model can answer, asking `/health` through the whole path.
 * @throws when it takes longer than the limit, or when a process can't start, naming the log to read
 */
export async function waitUntilReady(twin: Twin, limitSeconds: number): Promise<readonly string[]> {
  const deadline = Date.now() + limitSeconds * 1000;
  let last = "no answer yet";
  while (Date.now() < deadline) {
    const models = await readyModels(twin.world.settings.apiUrl).catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (models) return models;
    await sleep(200);
  }
  const logs = `${twin.world.settings.workFolder}/logs`;
  throw new Error(`Not ready after ${limitSeconds} s (${last}); the reason is in ${logs}.`);
}

async function readyModels(apiUrl: string): Promise<readonly string[] | undefined> {
  const response = await fetch(`${apiUrl}/health`, { signal: AbortSignal.timeout(5000) });
  const health = Health.parse(await response.json());
  return health.models.every(({ ready }) => ready) ? health.models.map(({ id }) => id) : undefined;
}

const AnyError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * One chat completion through WAF, API Gateway, load balancer, gateway and engine.
 * @returns the answer's text; or, where keys are required and none was given, that the door is shut as it should be
 */
export async function firstRequest(apiUrl: string, model: string): Promise<string> {
  const response = await fetch(`${apiUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, max_tokens: 8, temperature: 0, messages: [{ role: "user", content: "Say hello" }] }),
  });
  const body: unknown = await response.json();
  if (response.ok) return ChatCompletionResponse.parse(body).choices[0]?.message.content ?? "";
  const code: ErrorBody["error"]["code"] | string = AnyError.parse(body).error.code;
  if (response.status === 401) return "(a key is required: `npm run sluice -- keys create --name me`)";
  throw new Error(`The first request was answered ${response.status} ${code}.`);
}
