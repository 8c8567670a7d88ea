import * as z from "zod";
import { ChatCompletionRequest } from "../contracts/chat.ts";
import type { ModelList } from "../contracts/models.ts";
import { Admission } from "./admission.ts";
import type { Backend, LogEvent } from "./backend.ts";
import { handleChat } from "./chat-handler.ts";
import { contentProblems } from "./chat-prompt.ts";
import { handleCompletion } from "./completions-handler.ts";
import { type Exchange, type Handler, type Routes, readJson, sendJson } from "./http.ts";
import { LlamaEngine } from "./llama.ts";
import type { LocalService } from "./local-service.ts";
import { EngineMetrics } from "./metrics.ts";
import type { ModelFile } from "./model-file.ts";
import { Problem } from "./problem.ts";
import { invalid, parseBody } from "./requests.ts";
import type { EngineSettings } from "./settings.ts";

/** vLLM's `/tokenize`: a text or a conversation. */
const TokenizeRequest = z
  .looseObject({
    model: z.string().nullish(),
    prompt: z.string().optional(),
    messages: ChatCompletionRequest.shape.messages.optional(),
  })
  .refine((body) => (body.prompt === undefined) !== (body.messages === undefined), {
    message: "give either `prompt` or `messages`",
  });

/** The model on this machine. `findFile` finds or fetches it. */
export class LocalBackend implements Backend {
  readonly routes: Routes;
  readonly #settings: EngineSettings;
  readonly #findFile: () => Promise<ModelFile>;
  readonly #log: LogEvent;
  readonly #created = Math.floor(Date.now() / 1000);
  #service: LocalService | null = null;

  constructor(settings: EngineSettings, findFile: () => Promise<ModelFile>, log: LogEvent) {
    this.#settings = settings;
    this.#findFile = findFile;
    this.#log = log;
    const ready =
      (handle: (service: LocalService, exchange: Exchange) => Promise<void>): Handler =>
      (exchange) => {
        if (this.#service === null) throw new Problem("model_unavailable", { message: "The model is still loading." });
        return handle(this.#service, exchange);
      };
    this.routes = {
      "/v1/completions": { POST: ready(handleCompletion) },
      "/v1/chat/completions": { POST: ready(handleChat) },
      "/v1/models": { GET: ready((service, exchange) => this.#listModels(service, exchange)) },
      "/tokenize": { POST: ready(tokenize) },
      "/metrics": { GET: ready(showMetrics) },
    };
  }

  async load(): Promise<void> {
    const file = await this.#findFile();
    const { contextTokens, slots, threads, servedModelNames, maxRequests } = this.#settings;
    this.#log("loading", { model: file.root, path: file.path, slots, threads });
    const engine = await LlamaEngine.load({ file, contextTokens, slots, threads });
    const names = servedModelNames.length > 0 ? servedModelNames : [file.id];
    const metrics = new EngineMetrics(names[0] ?? file.id, () => ({
      running: engine.pool.running,
      waiting: engine.pool.waiting,
      cacheUsage: engine.cacheUsage,
    }));
    this.#service = { engine, metrics, names, slots, admission: new Admission(maxRequests) };
  }

  async isHealthy(): Promise<boolean> {
    return this.#service !== null;
  }

  async close(): Promise<void> {
    const service = this.#service;
    this.#service = null;
    await service?.engine.dispose();
  }

  async #listModels({ engine, names }: LocalService, { response }: Exchange): Promise<void> {
    const list: ModelList = {
      object: "list",
      data: names.map((id) => ({
        id,
        object: "model",
        created: this.#created,
        owned_by: "sluice",
        root: engine.file.root,
        parent: null,
        max_model_len: engine.maxModelLength,
      })),
    };
    sendJson(response, 200, list);
  }
}

async function tokenize({ engine, names }: LocalService, { request, response }: Exchange): Promise<void> {
  const body = parseBody(TokenizeRequest, await readJson(request));
  if (body.model != null && !names.includes(body.model)) {
    throw new Problem("model_not_found", {
      details: [{ param: "model", message: `this engine serves ${names.join(", ")}` }],
    });
  }
  const problems = contentProblems(body.messages ?? []);
  if (problems.length > 0) throw invalid(problems);
  const tokens = body.messages ? engine.chat.tokens(body.messages, null) : engine.tokenize(body.prompt ?? "");
  sendJson(response, 200, { count: tokens.length, max_model_len: engine.maxModelLength, tokens });
}

async function showMetrics({ metrics }: LocalService, { response }: Exchange): Promise<void> {
  response.writeHead(200, { "content-type": metrics.contentType });
  response.end(await metrics.text());
}
