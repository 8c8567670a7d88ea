import type { Finding } from "../doctor/finding.ts";
import { result } from "./api-checks.ts";
import { type Deployment, excerpt, receive, type VerifyCheck } from "./deployment.ts";

/** A limit above this would need a load test. */
const LARGEST_LIMIT = 1000;
const CONCURRENCY = 10;
/** Time that a response takes on its way, beyond the deployment's own limits. */
const ON_THE_WAY_SECONDS = 5;

/** Checks that use up limits: a long response, and as many requests as an address may send in a minute. */
export function limitChecks(deployment: Deployment): readonly VerifyCheck[] {
  const model = Object.keys(deployment.environment.pools)[0] ?? "";
  return [
    { name: "time limit", mayDisturb: true, run: (signal) => timeLimitFinding(deployment, model, signal) },
    { name: "limit of an address", mayDisturb: true, run: (signal) => addressFinding(deployment, signal) },
  ];
}

async function timeLimitFinding(deployment: Deployment, model: string, signal: AbortSignal): Promise<Finding> {
  const { api, pools } = deployment.environment;
  const limit = api.timeouts.totalSeconds + Math.max(api.queue.waitSeconds, api.queue.wakeSeconds) + ON_THE_WAY_SECONDS;
  const contextTokens = pools[model]?.contextTokens ?? 1024;
  const body = JSON.stringify({
    model,
    messages: [{ role: "user", content: "Write a very long story about a river. Never stop." }],
    max_tokens: contextTokens - 100,
  });
  const { status, seconds, text } = await receive(deployment, "/v1/chat/completions", { body, signal });
  const problems = [
    ...(status === 200 || status === 504 ? [] : [`${status}: ${excerpt(text)}`]),
    ...(seconds <= limit ? [] : [`the response came after ${seconds.toFixed(1)} s`]),
  ];
  return result(problems, `a very long response ended with ${status} after ${seconds.toFixed(1)} s (limit ${limit} s)`);
}

async function addressFinding(deployment: Deployment, signal: AbortSignal): Promise<Finding> {
  const { requestsPerMinutePerIp, requestsPerMinutePerIpWithKey } = deployment.environment.api;
  const limit = requestsPerMinutePerIpWithKey ?? requestsPerMinutePerIp; // the requests below have the key
  if (limit > LARGEST_LIMIT)
    return {
      level: "warn",
      text: `not checked: ${limit.toLocaleString("en-US")} requests a minute are a load test`,
      remedy: "try it with a load generator",
    };
  const refused: string[] = [];
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < 2 * limit && refused.length === 0) {
      sent += 1;
      const { status, headers, text } = await receive(deployment, "/v1/models", { signal });
      if (status === 429) refused.push(headers.get("retry-after") ?? `no retry-after: ${excerpt(text)}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, send));
  const [retryAfter] = refused;
  if (retryAfter === undefined) return result([`none of ${sent} requests was refused with 429`], "");
  return result(
    /^\d+$/.test(retryAfter) ? [] : [`429 with ${retryAfter}`],
    `429 after ${sent} requests, Retry-After ${retryAfter}; this address is refused for a minute`,
  );
}
