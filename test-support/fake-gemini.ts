import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, startFakeServer } from "./fake-server.ts";

type Fields = Record<string, unknown>;

/** The provider's responses; change them at any time. */
export interface FakeGeminiBehaviour {
  /** The key that is right. */
  key: string;
  /** Parts of the model's turn. */
  parts: readonly Fields[];
  finishReason: string;
  usage: Fields;
  /** Blocks the prompt for this reason instead. */
  blockReason: string | undefined;
  /** Responds with this error instead. */
  error:
    | { readonly code: number; readonly status: string; readonly message: string; readonly details?: readonly Fields[] }
    | undefined;
  /** Sends the error as an event after so many events, and ends. */
  errorAfterEvents: number | undefined;
  /** Cuts the connection after so many events. */
  diesAfterEvents: number | undefined;
}

const DEFAULTS: FakeGeminiBehaviour = {
  key: "AIza-test",
  parts: [{ text: "Hello there" }],
  finishReason: "STOP",
  usage: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
  blockReason: undefined,
  error: undefined,
  errorAfterEvents: undefined,
  diesAfterEvents: undefined,
};

export interface FakeGemini {
  readonly origin: string;
  readonly behaviour: FakeGeminiBehaviour;
  readonly received: readonly { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: Fields }[];
  stop(): Promise<void>;
}

/** Starts a provider with the Gemini API's wire format on a real socket; it refuses what the real one refuses. */
export async function startFakeGemini(behaviour: Partial<FakeGeminiBehaviour> = {}): Promise<FakeGemini> {
  const state: FakeGeminiBehaviour = { ...DEFAULTS, ...behaviour };
  const received: { url: string; headers: IncomingHttpHeaders; body: Fields }[] = [];
  const server = await startFakeServer((request, response) => respond(request, response, state, received));
  return {
    ...server,
    behaviour: state,
    received,
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeGeminiBehaviour,
  received: { url: string; headers: IncomingHttpHeaders; body: Fields }[],
): Promise<void> {
  const bytes = await bodyOf(request);
  const { url = "", headers } = request;
  if (headers["x-goog-api-key"] !== state.key)
    return fail(response, {
      code: 400,
      status: "INVALID_ARGUMENT",
      message: "API key not valid. Please pass a valid API key.",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
    });
  if (request.method === "GET") return send(response, { models: [{ name: "models/gemini-2.5-flash" }] });
  const [, model, method] =
    /^\/v1beta\/models\/([^:/?]+):(generateContent|streamGenerateContent|batchEmbedContents)/.exec(url) ?? [];
  if (model === undefined)
    return fail(response, { code: 404, status: "NOT_FOUND", message: "Requested entity was not found." });
  const body = JSON.parse(bytes.toString("utf8")) as Fields;
  received.push({ url, headers, body });
  if (method === "batchEmbedContents") return send(response, embeddings(body));
  const problem = requestProblem(body);
  if (problem !== undefined) return fail(response, { code: 400, status: "INVALID_ARGUMENT", message: problem });
  if (state.error !== undefined && state.errorAfterEvents === undefined) return fail(response, state.error);
  if (method === "generateContent") return send(response, geminiResponse(state));
  await stream(response, state);
}

function send(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: NonNullable<FakeGeminiBehaviour["error"]>): void {
  response.writeHead(error.code, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify({ error }));
}

function embeddings({ requests }: Fields): Fields {
  const list = Array.isArray(requests) ? requests : [];
  return { embeddings: list.map((_, index) => ({ values: [0.5, index] })) };
}

export function geminiResponse({ parts, finishReason, usage, blockReason }: FakeGeminiBehaviour): Fields {
  const head = { usageMetadata: usage, modelVersion: "gemini-2.5-flash", responseId: "resp-fake" };
  if (blockReason !== undefined) return { promptFeedback: { blockReason }, ...head };
  return { candidates: [{ content: { role: "model", parts }, finishReason, index: 0 }], ...head };
}

/** The events of a stream: one for each part, the last with the reason and the usage. */
export function geminiEvents(state: FakeGeminiBehaviour): readonly Fields[] {
  const whole = geminiResponse(state);
  if (state.blockReason !== undefined) return [whole];
  const { responseId, modelVersion } = whole;
  const parts: readonly Fields[] = state.parts.length === 0 ? [{ text: "" }] : state.parts;
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    const candidate = { content: { role: "model", parts: [part] }, index: 0 };
    return {
      candidates: [isLast ? { ...candidate, finishReason: state.finishReason } : candidate],
      usageMetadata: isLast ? state.usage : { promptTokenCount: state.usage.promptTokenCount },
      modelVersion,
      responseId,
    };
  });
}

async function stream(response: ServerResponse, state: FakeGeminiBehaviour): Promise<void> {
  const { error, errorAfterEvents, diesAfterEvents } = state;
  const all = geminiEvents(state);
  const events = errorAfterEvents === undefined ? all : [...all.slice(0, errorAfterEvents), { error }];
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events.slice(0, diesAfterEvents)) response.write(`data: ${JSON.stringify(event)}\r\n\r\n`);
  if (diesAfterEvents === undefined) response.end();
  else setTimeout(() => response.destroy(), 20);
}

const KNOWN = new Set([
  "contents",
  "tools",
  "toolConfig",
  "safetySettings",
  "systemInstruction",
  "generationConfig",
  "cachedContent",
]);

/** The real service's checks that a translation can get wrong. */
export function requestProblem(body: Fields): string | undefined {
  const extra = Object.keys(body).find((field) => !KNOWN.has(field));
  if (extra !== undefined) return `Invalid JSON payload received. Unknown name "${extra}": Cannot find field.`;
  const { contents, tools } = body;
  if (!Array.isArray(contents) || contents.length === 0)
    return "* GenerateContentRequest.contents: contents is not specified";
  let called: readonly unknown[] = [];
  for (const { role, parts } of contents as { role: string; parts: readonly Fields[] }[]) {
    if (role !== "user" && role !== "model") return "Please use a valid role: user, model.";
    if (!Array.isArray(parts) || parts.length === 0)
      return "Unable to submit request because it must have at least one part.";
    const results = parts.flatMap(({ functionResponse }) =>
      functionResponse === undefined ? [] : [(functionResponse as Fields).name],
    );
    if (results.length !== called.length)
      return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
    called = parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [(functionCall as Fields).name]));
    if (called.length > 0 && tools === undefined) return "Function calling is not enabled: tools must be declared.";
  }
  return undefined;
}
