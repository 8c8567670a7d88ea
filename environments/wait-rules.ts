import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

/**
 * API Gateway ends a response of a Regional API that is silent for so long, before its first byte too:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html. Load balancers wait as long as they are told.
 */
const LONGEST_SILENCE_SECONDS = 300;

/** Every time limit of a route by its path in the file. */
function timeLimits({ timeouts, routeTimeouts }: Environment["api"]): readonly (readonly [string, string, number])[] {
  const all = {
    timeouts,
    ...Object.fromEntries(Object.entries(routeTimeouts).map(([route, own]) => [`routeTimeouts.${route}`, own])),
  };
  return Object.entries(all).flatMap(([path, limits = {}]) =>
    Object.entries(limits).map(([field, seconds]) => [path, field, seconds] as const),
  );
}

export function timeoutProblems({ api }: Environment): readonly Problem[] {
  if (api.entry !== "api-gateway") return [];
  return timeLimits(api)
    .filter(([, , seconds]) => seconds > LONGEST_SILENCE_SECONDS)
    .map(([path, field, seconds]) => ({
      path: `api.${path}.${field}`,
      value: seconds,
      rule: `must not exceed ${LONGEST_SILENCE_SECONDS} s: API Gateway ends a response that is silent for longer`,
      remedy: `use at most ${LONGEST_SILENCE_SECONDS}; a stream may last 900 s in all, and the entries alb and private allow 900`,
    }));
}

export function queueProblems({ api }: Environment): readonly Problem[] {
  const { queue, bodyLimitBytes } = api;
  const problems: Problem[] = [];
  const beforeFirstByte = timeLimits(api).filter(([, field]) => field !== "idleSeconds");
  const longest =
    Math.max(queue.waitSeconds, queue.wakeSeconds) + Math.max(...beforeFirstByte.map(([, , seconds]) => seconds));
  if (api.entry === "api-gateway" && longest > LONGEST_SILENCE_SECONDS)
    problems.push({
      path: "api.queue",
      value: queue,
      rule: `must leave API Gateway's ${LONGEST_SILENCE_SECONDS} s of silence: the longest wait and the longest call are ${longest} s together`,
      remedy: "lower waitSeconds, wakeSeconds or a time limit",
    });
  if (queue.maxBytes < 4 * bodyLimitBytes)
    problems.push({
      path: "api.queue.maxBytes",
      value: queue.maxBytes,
      rule: `must hold 4 bodies of bodyLimitBytes (${4 * bodyLimitBytes}): one model's requests may fill half of it`,
      remedy: "raise it, or lower api.bodyLimitBytes",
    });
  return problems;
}
