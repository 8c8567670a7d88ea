import type { ModelList } from "../contracts/api/models.ts";
import { handleChat } from "./endpoints/chat-handler.ts";
import { handleCompletion } from "./endpoints/completions-handler.ts";
import { handleEmbeddings } from "./endpoints/embeddings-handler.ts";
import type { LocalService } from "./endpoints/local-service.ts";
import { handleDetokenize, handleTokenize } from "./endpoints/tokenize-handler.ts";
import { ApiError } from "./http/api-error.ts";
import type { Backend, LogEvent } from "./http/backend.ts";
import { type Endpoints, type Handler, type HttpCall, sendJson } from "./http/handler.ts";
import { RequestLimit } from "./http/request-limit.ts";
import { LlamaEngine } from "./inference/llama.ts";
import { EngineMetrics } from "./inference/metrics.ts";
import type { ModelFile } from "./models/model-file.ts";
import type { EngineSettings } from "./settings/settings.ts";

/** Finds or fetches the files of models. */
export interface ModelFiles {
  readonly generating: () => Promise<ModelFile>;
  /** Path of the .gguf file for embeddings; `undefined` for the generating model's own vectors. May reject. */
  readonly embedding: () => Promise<string | undefined>;
}

/** The models on this machine. */
export class LocalBackend implements Backend {
  readonly endpoints: Endpoints;
  readonly #settings: EngineSettings;
  readonly #files: ModelFiles;
  readonly #log: LogEvent;
  readonly #created = Math.floor(Date.now() / 1000);
  #service: LocalService | null = null;

  constructor(settings: EngineSettings, files: ModelFiles, log: LogEvent) {
    this.#settings = settings;
    this.#files = files;
    this.#log = log;
    const ready =
      (handle: (service: LocalService, httpCall: HttpCall) => Promise<void>): Handler =>
      (httpCall) => {
        if (this.#service === null) throw new ApiError("model_unavailable", { message: "The model is still loading." });
        return handle(this.#service, httpCall);
      };
    this.endpoints = {
      "/v1/completions": { POST: ready(handleCompletion) },
      "/v1/chat/completions": { POST: ready(handleChat) },
      "/v1/models": { GET: ready((service, httpCall) => this.#listModels(service, httpCall)) },
      "/v1/embeddings": { POST: ready(handleEmbeddings) },
      "/tokenize": { POST: ready(handleTokenize) },
      "/detokenize": { POST: ready(handleDetokenize) },
      "/metrics": { GET: ready(showMetrics) },
    };
  }

  async load(): Promise<void> {
    const file = await this.#files.generating();
    // An engine without its embedding model serves all other endpoints.
    const embeddingFile = await this.#files.embedding().catch((error: unknown) => {
      this.#log("embedding_model_missing", { error: error instanceof Error ? error.message : String(error) });
      return undefined;
    });
    const { contextTokens, slots, threads, servedModelNames, maxRequests } = this.#settings;
    this.#log("loading", { model: file.root, path: file.path, slots, threads });
    const engine = await LlamaEngine.load({ file, embeddingFile, contextTokens, slots, threads });
    const names = servedModelNames.length > 0 ? servedModelNames : [file.id];
    const metrics = new EngineMetrics(names[0] ?? file.id, () => ({
      running: engine.pool.running,
      waiting: engine.pool.waiting,
      cacheUsage: engine.cacheUsage,
    }));
    this.#service = { engine, metrics, names, slots, requestLimit: new RequestLimit(maxRequests) };
  }

  async isHealthy(): Promise<boolean> {
    return this.#service !== null;
  }

  async close(): Promise<void> {
    const service = this.#service;
    this.#service = null;
    await service?.engine.dispose();
  }

  async #listModels({ engine, names }: LocalService, { response }: HttpCall): Promise<void> {
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

async function showMetrics({ metrics }: LocalService, { response }: HttpCall): Promise<void> {
  response.writeHead(200, { "content-type": metrics.contentType });
  response.end(await metrics.text());
}
