import { randomUUID } from "node:crypto";
import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import { estimateTokens } from "../../domain/tokens/token-estimate.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { isLease } from "../core/lease.ts";
import type { Target } from "../core/target.ts";
import { UpstreamFailure } from "../core/upstream-failure.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import { type AttemptResponse, attempt, Unfunded, UnsupportedByDialect } from "../pipeline/call/attempt.ts";
import { outcomeOf } from "../pipeline/call/outcome-of.ts";
import { EventScanner } from "../relay/event-scanner.ts";
import type { TokenUsage } from "../relay/usage.ts";

/** What one request to a model has shown. */
export interface ModelCheck {
  readonly check: "chat" | "usage" | "stream" | "stream-usage" | "tools" | "embeddings" | "moderations";
  readonly ok: boolean;
  /** What is wrong, where it is not. */
  readonly problem?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 60_000;
const MAX_PROBLEM_CHARACTERS = 300;
const MESSAGES = [{ role: "user", content: "Reply with the one word ready." }];
const TOOL = {
  type: "function",
  function: {
    name: "report_state",
    description: "Reports whether the model is ready.",
    parameters: { type: "object", properties: { ready: { type: "boolean" } }, required: ["ready"] },
  },
};

/**
 * Sends up to three small requests to a model of a provider, under the same limits and breaker as every request, and
 * reports which work. They cost as much as any such request. Never rejects.
 */
export async function testModel(target: Target): Promise<readonly ModelCheck[]> {
  const can = (capability: "embeddings" | "moderations" | "tools") => target.capabilities.has(capability);
  if (can("embeddings")) return [await checkList(target, "embeddings", "/v1/embeddings")];
  if (can("moderations")) return [await checkList(target, "moderations", "/v1/moderations")];
  const checks = [...(await checkChat(target)), ...(await checkStream(target))];
  if (can("tools")) checks.push(await checkTools(target));
  return checks;
}

async function checkChat(target: Target): Promise<readonly ModelCheck[]> {
  const response = await whole(target, "/v1/chat/completions", { messages: MESSAGES });
  if (typeof response === "string") return [{ check: "chat", ok: false, problem: response }];
  const text = messageOf(response.fields)?.content;
  const chat = typeof text === "string" && text !== "" ? PASSED : { ok: false, problem: "Its response has no text." };
  return [
    { check: "chat", ...chat },
    { check: "usage", ...usageResult(response.usage) },
  ];
}

async function checkTools(target: Target): Promise<ModelCheck> {
  const choice = { type: "function", function: { name: TOOL.function.name } };
  const fields = { messages: MESSAGES, tools: [TOOL], tool_choice: choice };
  const response = await whole(target, "/v1/chat/completions", fields);
  if (typeof response === "string") return { check: "tools", ok: false, problem: response };
  const calls = messageOf(response.fields)?.tool_calls;
  const [call] = Array.isArray(calls) ? calls : [];
  const made = isRecord(call) && isRecord(call.function) ? call.function : {};
  if (made.name !== TOOL.function.name)
    return { check: "tools", ok: false, problem: "It did not call the function that it had to call." };
  if (isRecord(parseJson(String(made.arguments)))) return { check: "tools", ...PASSED };
  return { check: "tools", ok: false, problem: "The arguments of its function call are not a JSON object." };
}

async function checkStream(target: Target): Promise<readonly ModelCheck[]> {
  const scanner = new EventScanner({ stripUsage: false });
  const fields = { messages: MESSAGES, stream: true, stream_options: { include_usage: true } };
  const problem = await send(target, generation(target, "/v1/chat/completions", fields), async (response) => {
    if (response.kind === "whole") return "It sent a whole response where a stream was requested.";
    await readStream(response, scanner);
    if (scanner.hasError) return "Its stream has an error event.";
    if (!scanner.isDone && !scanner.hasFinish) return "Its stream ended before the model had finished.";
    return scanner.textEvents === 0 ? "Its stream has no text." : undefined;
  });
  if (problem !== undefined) return [{ check: "stream", ok: false, problem }];
  return [
    { check: "stream", ...PASSED },
    { check: "stream-usage", ...usageResult(scanner.usage) },
  ];
}

/** One request for what is no text. */
async function checkList(target: Target, check: ModelCheck["check"], route: GenerationRoute): Promise<ModelCheck> {
  const response = await whole(target, route, { input: "ready" });
  if (typeof response === "string") return { check, ok: false, problem: response };
  return { check, ...PASSED };
}

const PASSED = { ok: true } as const;

function usageResult(usage: TokenUsage | undefined): Pick<ModelCheck, "ok" | "problem"> {
  if (usage !== undefined && usage.promptTokens > 0 && usage.completionTokens > 0) return PASSED;
  return { ok: false, problem: "It counts no tokens, so its cost is not known." };
}

/** @returns the response, or what is wrong */
async function whole(
  target: Target,
  route: GenerationRoute,
  fields: Fields,
): Promise<{ readonly fields: Fields; readonly usage: TokenUsage | undefined } | string> {
  let answered: Extract<AttemptResponse, { kind: "whole" }> | undefined;
  const problem = await send(target, generation(target, route, fields), async (response) => {
    if (response.kind === "whole") answered = response;
    else response.settle("ok");
    return undefined;
  });
  if (problem !== undefined) return problem;
  if (answered === undefined) return "It sent a stream where a whole response was requested.";
  return { fields: answered.fields, usage: answered.usage };
}

/** Calls the target once. @returns what is wrong */
async function send(
  target: Target,
  request: GenerationRequest,
  read: (response: AttemptResponse) => Promise<string | undefined>,
): Promise<string | undefined> {
  const lease = target.tryReserve(request, { tried: new Set(), insist: true });
  if (!isLease(lease)) return REFUSALS[lease.reason];
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new GatewayError("timeout")), TIMEOUT_MS);
  try {
    const isWhole = WHOLE_FORMS[request.route];
    const requestId = `test_${randomUUID()}`;
    return await read(
      await attempt({ requestId, generation: request, lease, signal: limit.signal, firstByteMs: undefined, isWhole }),
    );
  } catch (error) {
    lease.settle(outcomeOf(error, true));
    return problemOf(error);
  } finally {
    clearTimeout(timer);
  }
}

const REFUSALS = {
  absent: "It takes no requests: its key can't be read, its health check fails, or its monthly cap is reached.",
  full: "It is at its limit of requests; try again in a minute.",
  "lost-race": "It is at its limit of requests; try again in a minute.",
  blocked: "Its breaker is open, or it is paused by its own response; `sluice targets list` shows for how long.",
} as const;

function problemOf(error: unknown): string {
  if (error instanceof UpstreamFailure) return FAILURES[error.kind] ?? error.toGatewayError().message;
  if (error instanceof UnsupportedByDialect) return error.refusal.message;
  if (error instanceof Unfunded) return REFUSALS.absent;
  if (error instanceof GatewayError && error.code !== "timeout") return error.message.slice(0, MAX_PROBLEM_CHARACTERS);
  return `It sent nothing within ${TIMEOUT_MS / 1000} s.`;
}

/** Failures for which an operator can do more than a client. */
const FAILURES: Readonly<Partial<Record<UpstreamFailure["kind"], string>>> = {
  denied: "It does not take our key for this model, or the account has no credit; look at the provider's console.",
  busy: "It has too many requests; try again later, or raise the limit of the account.",
  malformed: "Its response has another form than its dialect's; check `dialect` and `endpoint`.",
  refused: "It takes no connection; check its endpoint.",
};

/** Scans a stream to its end. @throws {UpstreamFailure} when it breaks off */
async function readStream(
  { begun, body, translator, settle }: Extract<AttemptResponse, { kind: "stream" }>,
  scanner: EventScanner,
): Promise<void> {
  let outcome: "ok" | "interrupted" = "ok";
  try {
    scanner.push(begun);
    await new Promise<void>((resolve, reject) => {
      body.read({
        onData: (bytes) => void scanner.push(translator.push(bytes)),
        onEnd: (error) => (error === undefined ? resolve() : reject(new UpstreamFailure("died"))),
      });
    });
    scanner.push(translator.end());
  } catch (error) {
    outcome = "interrupted";
    throw error;
  } finally {
    body.close();
    settle(outcome, scanner.usage);
  }
}

function generation(target: Target, route: GenerationRoute, own: Fields): GenerationRequest {
  const fields = { model: target.upstreamModel, ...own };
  const bytes = Buffer.from(JSON.stringify(fields));
  const isStream = own.stream === true;
  return {
    route,
    model: target.upstreamModel,
    tenant: "operator",
    stream: isStream,
    wantsUsage: isStream,
    maxTokens: undefined,
    promptTokensEstimate: estimateTokens(bytes.length),
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}

function messageOf({ choices }: Fields): Fields | undefined {
  const [choice] = Array.isArray(choices) ? choices : [];
  return isRecord(choice) && isRecord(choice.message) ? choice.message : undefined;
}
