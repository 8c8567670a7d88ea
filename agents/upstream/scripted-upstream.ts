import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { message, messageEvents } from "./anthropic-dialect.ts";
import { MODELS, type ScriptedModel } from "./models.ts";
import { chatChunks, chatCompletion, embeddings } from "./openai-dialect.ts";
import { type Script, type Turn, UNSCRIPTED } from "./turn.ts";

/** What is read of a request in either dialect. */
const Body = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(z.looseObject({ role: z.string() })).default([]),
  tools: z
    .array(z.looseObject({ name: z.string().optional(), function: z.looseObject({ name: z.string() }).optional() }))
    .optional(),
  tool_choice: z.unknown().optional(),
  input: z.union([z.string(), z.array(z.unknown())]).optional(),
  encoding_format: z.unknown().optional(),
});
type Body = z.infer<typeof Body>;

/** What a server of OpenAI's dialect says of its models, as vLLM does: an engine in front of it takes the first. */
const MODEL_LIST = {
  object: "list",
  data: [{ id: "pool", object: "model", created: 1, owned_by: "script", max_model_len: 200_000 }],
};

/** A request as the upstream received it, with the number of the turn that it got; `undefined` for none of the script's. */
export interface UpstreamRequest {
  readonly path: string;
  readonly body: Body;
  readonly turn: number | undefined;
}

/**
 * A provider that plays models by script: OpenAI's dialect on `/v1/chat/completions` and `/v1/embeddings`, Anthropic's on
 * `/v1/messages`. The model's name chooses the script; the number of assistant messages so far chooses the turn, so that
 * a request that is sent again gets the same turn again.
 */
export class ScriptedUpstream {
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly received: UpstreamRequest[] = [];
  /** Requests that it could not read. */
  readonly problems: string[] = [];
  /** Model and turn of the failures that were played. */
  readonly #failed = new Set<string>();
  readonly #server = createServer((request, response) => {
    this.#respond(request, response).catch((error: unknown) => {
      this.problems.push(String(error));
      response.destroy();
    });
  });

  private constructor(models: readonly ScriptedModel[]) {
    this.#scripts = new Map(models.map(({ name, script }) => [name, script]));
  }

  static async start(models: readonly ScriptedModel[] = MODELS): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(models);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (request.method !== "POST") return sendJson(response, 200, MODEL_LIST);
    const body = Body.parse(await json(request));
    if (path === "/v1/embeddings") return sendEmbeddings(response, body);
    const { turn, index } = this.#turnOf(body);
    this.received.push({ path, body, turn: turn === undefined ? undefined : index });
    if (turn?.failsFirst !== undefined && !this.#failed.has(`${body.model} ${index}`)) {
      this.#failed.add(`${body.model} ${index}`);
      const { status, ...error } = turn.failsFirst;
      return sendJson(response, status, { type: "error", error });
    }
    const id = `${body.model.replaceAll(/\W/g, "")}${index}`;
    const played = withObject(turn ?? UNSCRIPTED, body);
    if (path === "/v1/chat/completions") return sendChat(response, played, body, id);
    if (path === "/v1/messages") return sendMessage(response, played, body, id);
    throw new Error(`${path} is not served`);
  }

  /** The turn for a request; `undefined` for requests without tools in a conversation that has had some, such as one for a title. */
  #turnOf({ model, messages, tools }: Body): { readonly turn: Turn | undefined; readonly index: number } {
    const index = messages.filter(({ role }) => role === "assistant").length;
    const turn = this.#scripts.get(model)?.[index];
    const offered = (tools ?? []).map((tool) => tool.function?.name ?? tool.name);
    const isPlayable = (turn?.calls ?? []).every(({ name }) => offered.includes(name));
    return { turn: isPlayable ? turn : undefined, index };
  }
}

/** A turn with an object as the call of the forced tool, or as a text. */
function withObject(turn: Turn, { tools, tool_choice }: Body): Turn {
  if (turn.object === undefined) return turn;
  const [tool] = tools ?? [];
  const name = tool?.function?.name ?? tool?.name;
  const isForced = name !== undefined && tool_choice !== undefined && tool_choice !== "auto";
  return isForced ? { calls: [{ name, arguments: turn.object }] } : { text: JSON.stringify(turn.object) };
}

function sendEmbeddings(response: ServerResponse, { input, model, encoding_format }: Body): void {
  sendJson(response, 200, embeddings(Array.isArray(input) ? input : [input], model, encoding_format));
}

function sendChat(response: ServerResponse, turn: Turn, { model, stream }: Body, id: string): void {
  if (stream !== true) return sendJson(response, 200, chatCompletion(turn, model, id));
  const data = chatChunks(turn, model, id);
  sendEvents(
    response,
    data.map((each) => `data: ${each}\n\n`),
  );
}

function sendMessage(response: ServerResponse, turn: Turn, { model, stream }: Body, id: string): void {
  if (stream !== true) return sendJson(response, 200, message(turn, model, id));
  const events = messageEvents(turn, model, id);
  sendEvents(
    response,
    events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`),
  );
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendEvents(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(event);
  response.end();
}
