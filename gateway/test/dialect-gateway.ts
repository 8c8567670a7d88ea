import type { IncomingHttpHeaders } from "node:http";
import { expect, onTestFinished } from "vitest";
import { bodyOf, startFakeServer } from "../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { ListDiscovery, post, startTestGateway, type TestGatewayOptions } from "./test-gateway.ts";

/** Every kind of upstream that a request can go to: providers by dialect, and our own engines. */
export const UPSTREAMS = ["openai", "anthropic", "bedrock", "gemini", "vllm"] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

/** What an upstream is made to response. */
export interface ScriptedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface ReceivedBody {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // Tests look into it.
  // biome-ignore lint/suspicious/noExplicitAny: a body of any dialect
  readonly body: any;
  readonly text: string;
}

export interface DialectResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the upstream received for it; `undefined` where no request was sent. */
  readonly received: ReceivedBody | undefined;
}

export interface DialectGateway {
  readonly url: string;
  /** Sends a body for the model of this upstream. */
  request(
    upstream: UpstreamName,
    path: string,
    body: Readonly<Record<string, unknown>>,
    headers?: Record<string, string>,
  ): Promise<DialectResponse>;
  /** Sends a body as it is written; its model is an upstream's name. */
  requestText(path: string, body: string): Promise<DialectResponse>;
  /** The log line of the last request that has ended. */
  lastRequest(): Promise<Readonly<Record<string, unknown>>>;
  /** Sets the upstreams' responses from now on, to all requests or to each. */
  script(response: ScriptedResponse | ((received: ReceivedBody) => ScriptedResponse)): void;
}

const CAPABILITIES = ["completions", "embeddings", "tools", "vision", "audio", "json-schema", "logprobs"];

/** A gateway whose models are named after their upstreams: each is one scripted server behind that dialect. */
export async function startDialectGateway({
  contextTokens = 200_000,
  ...options
}: TestGatewayOptions & { readonly contextTokens?: number } = {}): Promise<DialectGateway> {
  const received: ReceivedBody[] = [];
  let script: (received: ReceivedBody) => ScriptedResponse = () => ({ status: 500, body: "{}" });
  const server = await startFakeServer(async (request, response) => {
    if (request.method === "GET") {
      const card = { id: "vllm", object: "model", created: 1, owned_by: "vllm", max_model_len: contextTokens };
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ object: "list", data: [card] }));
    }
    const text = (await bodyOf(request)).toString("utf8");
    const own = { path: request.url ?? "", headers: request.headers, text, body: JSON.parse(text) };
    received.push(own);
    const { status = 200, headers, body } = script(own);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  });
  onTestFinished(() => server.stop());
  const model = { contextTokens, capabilities: CAPABILITIES, inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const dialects = ["openai", "anthropic", "bedrock", "gemini"] as const;
  const discovery = new ListDiscovery();
  discovery.engines = [{ id: "i-0", origin: server.origin, inService: true }];
  const { url, log } = await startTestGateway({
    discovery,
    awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
    ...options,
    model: { id: "vllm", contextTokens },
    config: {
      bodyLimitBytes: 4_000_000,
      ...options.config,
      providers: dialects.map((dialect) =>
        providerConfig(dialect, server.origin, {
          dialect,
          ...(dialect === "bedrock" ? { region: "us-east-1" } : {}),
          models: { "anthropic.small": model, small: model },
        }),
      ),
      routes: dialects.map((dialect) => routeConfig(dialect, [`${dialect}/small`])),
    },
  });
  const send = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<DialectResponse> => {
    const before = received.length;
    const response = await post(url, path, body, headers);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, received: received[before] };
  };
  return {
    url,
    lastRequest: async () => {
      const requests = () => log().filter(({ msg }) => msg === "request");
      await eventually(() => expect(requests().length).toBeGreaterThan(0));
      return requests().at(-1) ?? {};
    },
    script: (response) => {
      script = typeof response === "function" ? response : () => response;
    },
    request: (upstream, path, body, headers) => send(path, { ...body, model: upstream }, headers),
    requestText: send,
  };
}

/** Each upstream's response in its own dialect: the text "Hi". */
export const HELLO: Readonly<Record<UpstreamName, ScriptedResponse>> = {
  openai: json(chatCompletion()),
  vllm: json(chatCompletion()),
  anthropic: json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "small",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 1 },
  }),
  bedrock: json({
    output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 7, outputTokens: 1, totalTokens: 8 },
  }),
  gemini: json({
    candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 1, totalTokenCount: 8 },
    responseId: "g1",
  }),
};

export function json(body: unknown): ScriptedResponse {
  return { body: JSON.stringify(body) };
}

function chatCompletion() {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "small",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop", logprobs: null }],
    usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
  };
}
