import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { SignatureV4 } from "@smithy/signature-v4";
import { fromUtf8, toUtf8 } from "@smithy/util-utf8";
import { bodyOf, startFakeServer } from "./fake-server.ts";

type Fields = Record<string, unknown>;

export type BedrockBlock =
  | { readonly text: string }
  | { readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: unknown } }
  | { readonly reasoningContent: { readonly reasoningText: { readonly text: string; readonly signature: string } } };

/** Bedrock's responses; change them at any time. */
export interface FakeBedrockBehaviour {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
  content: readonly BedrockBlock[];
  stopReason: string;
  usage: Fields;
  /** Responds with this error instead. */
  error: { readonly status: number; readonly type: string; readonly message: string } | undefined;
  /** Sends this exception after so many frames, and ends. */
  exception: { readonly after: number; readonly type: string; readonly message: string } | undefined;
  /** Characters of one delta. */
  deltaLength: number;
  /** Bytes of one write of a stream, wherever that cuts a frame. @default - all at once */
  writeBytes: number | undefined;
}

const DEFAULTS: FakeBedrockBehaviour = {
  region: "us-east-1",
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "not-a-secret",
  sessionToken: undefined,
  content: [{ text: "Hello there" }],
  stopReason: "end_turn",
  usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
  error: undefined,
  exception: undefined,
  deltaLength: 4,
  writeBytes: undefined,
};

export interface FakeBedrock {
  readonly origin: string;
  readonly behaviour: FakeBedrockBehaviour;
  readonly received: readonly { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Fields }[];
  stop(): Promise<void>;
}

type Received = { path: string; headers: IncomingHttpHeaders; body: Fields }[];

/** Starts Bedrock's Converse on a real socket: it checks signatures, and streams real event stream frames. */
export async function startFakeBedrock(behaviour: Partial<FakeBedrockBehaviour> = {}): Promise<FakeBedrock> {
  const state: FakeBedrockBehaviour = { ...DEFAULTS, ...behaviour };
  const received: Received = [];
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
  state: FakeBedrockBehaviour,
  received: Received,
): Promise<void> {
  const body = await bodyOf(request);
  const path = request.url ?? "";
  if (!(await isSigned(request, body, state)))
    return fail(response, 403, "InvalidSignatureException", "The request signature we calculated does not match");
  const fields = JSON.parse(body.toString("utf8")) as Fields;
  received.push({ path, headers: request.headers, body: fields });
  const [, operation] = /^\/model\/[^/]+\/(converse|converse-stream)$/.exec(path) ?? [];
  if (operation === undefined) return fail(response, 404, "UnknownOperationException", "no such operation");
  const problem = converseProblemOf(fields);
  if (problem !== undefined) return fail(response, 400, "ValidationException", problem);
  if (state.error !== undefined) return fail(response, state.error.status, state.error.type, state.error.message);
  if (operation === "converse") {
    const { content, stopReason, usage } = state;
    const message = {
      output: { message: { role: "assistant", content } },
      stopReason,
      usage,
      metrics: { latencyMs: 1 },
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
    return;
  }
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  const bytes = converseFrames(state);
  const size = state.writeBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (state.writeBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

function fail(response: ServerResponse, status: number, type: string, message: string): void {
  response
    .writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type })
    .end(JSON.stringify({ message }));
}

/** Signs what came again, and compares. */
async function isSigned(request: IncomingMessage, body: Buffer, state: FakeBedrockBehaviour): Promise<boolean> {
  const { authorization = "", host = "", "x-amz-date": date } = request.headers;
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  if (typeof date !== "string") return false;
  const signer = new SignatureV4({
    service: "bedrock",
    region: state.region,
    sha256: Sha256,
    credentials: {
      accessKeyId: state.accessKeyId,
      secretAccessKey: state.secretAccessKey,
      ...(state.sessionToken === undefined ? {} : { sessionToken: state.sessionToken }),
    },
  });
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const own = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];
  const signed = names.split(";").filter((name) => !own.includes(name));
  const expected = await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: host.split(":")[0] ?? "",
      path: request.url ?? "",
      query: {},
      headers: Object.fromEntries(signed.map((name) => [name, String(request.headers[name])])),
      body,
    },
    { signingDate: new Date(iso) },
  );
  return expected.headers.authorization === authorization;
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One frame, as the real service sends it. */
export function eventFrame(type: string, payload: unknown, kind: "event" | "exception" = "event"): Buffer {
  const header = (value: string) => ({ type: "string" as const, value });
  const message = {
    headers: {
      [kind === "event" ? ":event-type" : ":exception-type"]: header(type),
      ":content-type": header("application/json"),
      ":message-type": header(kind),
    },
    body: Buffer.from(JSON.stringify(payload)),
  };
  return Buffer.from(codec.encode(message));
}

/** The frame of an error that the operation does not define. */
export function errorFrame(code: string): Buffer {
  const header = (value: string) => ({ type: "string" as const, value });
  const headers = {
    ":message-type": header("error"),
    ":error-code": header(code),
    ":error-message": header("The service failed."),
  };
  return Buffer.from(codec.encode({ headers, body: Buffer.alloc(0) }));
}

/** The frames of a streamed response, in the real service's order. */
export function converseFrames(
  state: Pick<FakeBedrockBehaviour, "content" | "stopReason" | "usage" | "exception" | "deltaLength">,
): Buffer {
  const frames = [
    eventFrame("messageStart", { role: "assistant", p: "abcd" }),
    ...state.content.flatMap((block, index) => blockFrames(block, index, state.deltaLength)),
    eventFrame("messageStop", { stopReason: state.stopReason }),
    eventFrame("metadata", { usage: state.usage, metrics: { latencyMs: 1 } }),
  ];
  const { exception } = state;
  if (exception === undefined) return Buffer.concat(frames);
  return Buffer.concat([
    ...frames.slice(0, exception.after),
    eventFrame(exception.type, { message: exception.message }, "exception"),
  ]);
}

function blockFrames(block: BedrockBlock, contentBlockIndex: number, deltaLength: number): readonly Buffer[] {
  const delta = (fields: Fields) => eventFrame("contentBlockDelta", { contentBlockIndex, delta: fields, p: "ab" });
  const stop = eventFrame("contentBlockStop", { contentBlockIndex });
  if ("text" in block) return [...pieces(block.text, deltaLength).map((text) => delta({ text })), stop];
  if ("toolUse" in block) {
    const { toolUseId, name, input } = block.toolUse;
    return [
      eventFrame("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId, name } } }),
      ...pieces(JSON.stringify(input), deltaLength).map((text) => delta({ toolUse: { input: text } })),
      stop,
    ];
  }
  const { text, signature } = block.reasoningContent.reasoningText;
  return [
    ...pieces(text, deltaLength).map((piece) => delta({ reasoningContent: { text: piece } })),
    delta({ reasoningContent: { signature } }),
    stop,
  ];
}

/** Cuts between characters, never inside one. */
function pieces(text: string, length: number): readonly string[] {
  const characters = [...text];
  const cut: string[] = [];
  for (let at = 0; at < characters.length; at += length) cut.push(characters.slice(at, at + length).join(""));
  return cut;
}

/** The real service's checks that a translation can get wrong. */
export function converseProblemOf(body: Fields): string | undefined {
  const messages = body.messages as readonly { role: string; content: readonly Fields[] }[] | undefined;
  if (!Array.isArray(messages) || messages.length === 0) return "messages must have length at least 1";
  if (messages[0]?.role !== "user") return "A conversation must start with a user message.";
  let called = new Set<unknown>();
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant"))
      return "A conversation must alternate between user and assistant roles";
    if (!Array.isArray(content) || content.length === 0) return "The content field in the Message object is empty";
    if (content.some(({ text }) => text === "")) return "The text field in the ContentBlock object is blank.";
    const answered = content.flatMap(({ toolResult }) => (toolResult ? [(toolResult as Fields).toolUseId] : []));
    if (answered.some((id) => !called.has(id)) || new Set(answered).size !== called.size)
      return "Expected toolResult blocks for the toolUse blocks of the previous turn";
    const calls = content.flatMap(({ toolUse }) => (toolUse ? [toolUse as Fields] : []));
    if (calls.length > 0 && body.toolConfig === undefined) return "The toolConfig field must be defined";
    called = new Set(calls.map(({ toolUseId }) => toolUseId));
  }
  return undefined;
}
