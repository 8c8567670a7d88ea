import * as z from "zod";
import { ChatCompletionResponse } from "../../contracts/api/chat.ts";
import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { Finding } from "../doctor/finding.ts";
import { type Deployment, excerpt, type Received, receive, type Sent, type VerifyCheck } from "./deployment.ts";
import { streamFinding } from "./stream-check.ts";

const ErrorBody = z.object({ error: z.object({ message: z.string().min(1), type: z.string(), code: z.string() }) });
const ModelList = z.object({ data: z.array(z.object({ id: z.string() })) });

const CHAT = "/v1/chat/completions";

/** Checks of the API: each is a request or a few, and none changes anything. */
export function apiChecks(deployment: Deployment): readonly VerifyCheck[] {
  const { environment } = deployment;
  const models = Object.keys(environment.pools);
  return [
    { name: "health", run: (signal) => healthFinding(deployment, signal) },
    { name: "models", run: (signal) => modelsFinding(deployment, models, signal) },
    { name: "keys", run: (signal) => keysFinding(deployment, signal) },
    ...models.map((model) => ({
      name: `chat ${model}`,
      run: (signal: AbortSignal) => chatFinding(deployment, model, signal),
    })),
    ...models.map((model) => ({
      name: `stream ${model}`,
      run: (signal: AbortSignal) => streamFinding(deployment, model, signal),
    })),
    { name: "errors", run: (signal) => errorsFinding(deployment, models[0] ?? "", signal) },
    { name: "largest body", run: (signal) => bodyFinding(deployment, signal) },
    { name: "CORS", run: (signal) => corsFinding(deployment, signal) },
  ];
}

async function healthFinding(deployment: Deployment, signal: AbortSignal): Promise<Finding> {
  const { status, text } = await receive(deployment, "/health", { key: null, signal });
  if (status === 200) return { level: "ok", text: "200 without a key" };
  const remedy = 'see "No healthy gateway" and "No healthy engine" in docs/operations.md';
  return { level: "fail", text: `${status}: ${excerpt(text)}`, remedy };
}

async function modelsFinding(deployment: Deployment, models: readonly string[], signal: AbortSignal): Promise<Finding> {
  const { status, text } = await receive(deployment, "/v1/models", { signal });
  const list = ModelList.safeParse(parseJson(text));
  if (status !== 200 || !list.success)
    return { level: "fail", text: `${status}: ${excerpt(text)}`, remedy: "check --url and the key" };
  const listed = list.data.data.map(({ id }) => id);
  const missing = models.filter((model) => !listed.includes(model));
  if (missing.length === 0) return { level: "ok", text: listed.join(", ") };
  return {
    level: "fail",
    text: `${missing.join(", ")} of the file is not in the list (${listed.join(", ")})`,
    remedy: "deploy the environment: gateways still run an earlier file",
  };
}

async function keysFinding(deployment: Deployment, signal: AbortSignal): Promise<Finding> {
  const { auth } = deployment.environment.api;
  const wrong = await receive(deployment, "/v1/models", { key: "sk-wrong", signal });
  const none = await receive(deployment, "/v1/models", { key: null, signal });
  const problems = [
    ...(auth !== "off" && wrong.status !== 401 ? [`a wrong key gets ${wrong.status} instead of 401`] : []),
    ...(auth === "required" && none.status !== 401 ? [`no key gets ${none.status} instead of 401`] : []),
    ...(auth !== "required" && none.status !== 200 ? [`no key gets ${none.status} instead of 200`] : []),
  ];
  return result(problems, `auth is ${auth}: no key gets ${none.status}, a wrong one ${wrong.status}`);
}

async function chatFinding(deployment: Deployment, model: string, signal: AbortSignal): Promise<Finding> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }], max_tokens: 16 });
  const received = await receive(deployment, CHAT, { body, signal });
  const completion = ChatCompletionResponse.safeParse(parseJson(received.text));
  const problems = [
    ...(received.status === 200 && completion.success ? [] : [`${received.status}: ${excerpt(received.text)}`]),
    ...(completion.data && completion.data.usage === undefined ? ["the response has no usage"] : []),
    ...(received.headers.has(REQUEST_ID_HEADER) ? [] : [`the response has no ${REQUEST_ID_HEADER}`]),
  ];
  return result(problems, `200 in ${received.seconds.toFixed(1)} s`);
}

interface WrongRequest {
  readonly what: string;
  readonly path: string;
  readonly sent: Omit<Sent, "signal">;
  readonly status: number;
  readonly code: string;
}

async function errorsFinding(deployment: Deployment, model: string, signal: AbortSignal): Promise<Finding> {
  const messages = [{ role: "user", content: "Hi" }];
  const cases: readonly WrongRequest[] = [
    { what: "no JSON", path: CHAT, sent: { body: "{" }, status: 400, code: "invalid_json" },
    {
      what: "no messages",
      path: CHAT,
      sent: { body: JSON.stringify({ model }) },
      status: 400,
      code: "invalid_request",
    },
    {
      what: "an unknown model",
      path: CHAT,
      sent: { body: JSON.stringify({ model: "no-such-model", messages }) },
      status: 404,
      code: "model_not_found",
    },
    { what: "an unknown path", path: "/v1/nothing", sent: {}, status: 404, code: "not_found" },
  ];
  const problems: string[] = [];
  for (const { what, path, sent, status, code } of cases)
    problems.push(...errorProblems(what, await receive(deployment, path, { ...sent, signal }), status, code));
  return result(problems, cases.map(({ what, status }) => `${what}: ${status}`).join(", "));
}

async function bodyFinding(deployment: Deployment, signal: AbortSignal): Promise<Finding> {
  const { bodyLimitBytes } = deployment.environment.api;
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(bodyLimitBytes) }] });
  const received = await receive(deployment, CHAT, { body, signal });
  return result(
    errorProblems(`${body.length} bytes`, received, 413, "request_too_large"),
    `over ${bodyLimitBytes.toLocaleString("en-US")} bytes: 413`,
  );
}

function errorProblems(what: string, received: Received, status: number, code: string): readonly string[] {
  const body = ErrorBody.safeParse(parseJson(received.text));
  if (received.status !== status || !body.success)
    return [`${what}: ${received.status} instead of ${status}: ${excerpt(received.text)}`];
  return body.data.error.code === code ? [] : [`${what}: code ${body.data.error.code} instead of ${code}`];
}

async function corsFinding(deployment: Deployment, signal: AbortSignal): Promise<Finding> {
  const { corsOrigins } = deployment.environment.api;
  const [configured = "*"] = corsOrigins;
  const page = deployment.siteUrl === undefined ? "https://page.example.com" : new URL(deployment.siteUrl).origin;
  const origin = configured === "*" ? page : configured;
  const { status, headers } = await receive(deployment, CHAT, {
    method: "OPTIONS",
    key: null,
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
    signal,
  });
  const allowed = headers.get("access-control-allow-origin") ?? "none";
  const allowedHeaders = (headers.get("access-control-allow-headers") ?? "").toLowerCase();
  const problems = [
    ...(status < 300 ? [] : [`a preflight request gets ${status}`]),
    ...(allowed === "*" || allowed === origin ? [] : [`${origin} is not allowed, only ${allowed}`]),
    ...(/\*|authorization/.test(allowedHeaders) ? [] : ["the header authorization is not allowed"]),
  ];
  return result(problems, `a page of ${origin} may call the API`);
}

/** What checks of several things found: the problems, or what was seen. */
export function result(problems: readonly string[], seen: string, remedy = REMEDY): Finding {
  if (problems.length === 0) return { level: "ok", text: seen };
  return { level: "fail", text: problems.join("; "), remedy };
}

const REMEDY = "compare with `sluice plan`; docs/operations.md has what each response means";
