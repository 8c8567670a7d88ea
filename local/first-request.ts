import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { ChatCompletionResponse } from "../contracts/api/chat.ts";
import type { GenerationRoute } from "../contracts/api/generation-routes.ts";
import { Health } from "../contracts/api/health.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { Twin } from "./twin.ts";

const REPORT_SECONDS = 60;

/**
 * Waits until every load-balancer target is healthy and every gateway can reach each model. Gateways are called
 * directly: requests through the web ACL would use up the user's own limit.
 * @param report called each minute with what it waits for. @default - nobody is told
 * @returns the models
 * @throws when it takes longer than the limit, naming the folder of the logs
 */
export async function waitUntilReady(
  twin: Twin,
  limitSeconds: number,
  report: (line: string) => void = () => {},
): Promise<readonly string[]> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  let last = "no response yet";
  let reported = 0;
  while (seconds() < limitSeconds) {
    const models = await readyModels(twin).catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (models) return models;
    if (seconds() >= reported + REPORT_SECONDS) {
      reported = seconds();
      report(`not ready after ${Math.round(reported)} s: ${last} …`);
    }
    await sleep(200);
  }
  throw new Error(
    `Not ready after ${limitSeconds} s (${last}); the reason is in ${twin.runtime.settings.workFolder}/logs.`,
  );
}

async function readyModels({ runtime }: Twin): Promise<readonly string[] | undefined> {
  const targets = [...runtime.elb.targetGroups.values()].flatMap((group) => group.targets);
  const waiting = targets.filter(({ state }) => state !== "healthy").length;
  if (waiting > 0 || targets.length === 0) throw new Error(`${waiting} of ${targets.length} instances are not healthy`);
  const gateways = runtime.autoScaling.groups
    .filter(({ role }) => role === "gateway")
    .flatMap(({ instances }) => instances);
  const reports = await Promise.all(
    gateways.map(async ({ port }) => {
      const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5000) });
      return Health.parse(await response.json());
    }),
  );
  const models = reports.flatMap((report) => report.models);
  const missing = models.filter(({ ready }) => !ready).map(({ id }) => id);
  if (missing.length > 0) throw new Error(`no engine ready for ${[...new Set(missing)].join(", ")}`);
  return [...new Set(models.map(({ id }) => id))];
}

const CHAT_COMPLETIONS = "/v1/chat/completions" satisfies GenerationRoute;

const AnyError = z.object({ error: z.object({ code: z.string() }) });

/**
 * On a machine with too little time for all that starts, an engine may miss two health checks in a row, a function its timeout and
 * a response the 29 s of API Gateway.
 */
const UNAVAILABLE_SECONDS = 300;

/**
 * One chat completion through web ACL, API Gateway, load balancer, gateway and engine; sent again while the stack fails, for
 * five minutes.
 * @returns the response's text, or `undefined` where a key is required and none was passed
 */
export async function firstRequest(
  apiUrl: string,
  model: string,
  { key, unavailableSeconds = UNAVAILABLE_SECONDS }: { key?: string | undefined; unavailableSeconds?: number } = {},
): Promise<string | undefined> {
  const deadline = performance.now() + unavailableSeconds * 1000;
  for (;;) {
    const response = await fetch(`${apiUrl}${CHAT_COMPLETIONS}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify({
        model,
        max_tokens: 8,
        temperature: 0,
        messages: [{ role: "user", content: "Say hello" }],
      }),
    });
    const body = parseJson(await response.text());
    if (response.ok) return ChatCompletionResponse.parse(body).choices[0]?.message.content ?? "";
    if (response.status === 401 && key === undefined) return undefined;
    if (response.status < 500 || performance.now() >= deadline)
      throw new Error(`The first request got ${response.status} ${reasonOf(body)}.`);
    await sleep(1000);
  }
}

/** A load balancer that has no healthy target responds by itself, with a page. */
function reasonOf(body: unknown): string {
  const { data } = AnyError.safeParse(body);
  return data?.error.code ?? "from the load balancer, whose targets are not healthy; their logs have the reason";
}
