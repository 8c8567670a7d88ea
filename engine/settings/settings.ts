import { ENGINE_PORT, ENV } from "../../contracts/processes/process-environment.ts";
import { withoutEnd } from "../../lib/without-end.ts";
import { DEFAULT_LOCAL_MODEL } from "../models/local-models.ts";
import { ArgumentError, type EngineArguments, parseEngineArguments } from "./vllm-arguments.ts";

/** Any OpenAI-compatible server in place of the local model. */
export interface UpstreamSettings {
  /** Base address without `/v1`. */
  readonly url: string;
  /** Name of its model; null for the first that it lists. */
  readonly model: string | null;
  readonly key: string | null;
}

export interface EngineSettings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Names under which requests may call the model; empty: the local model's own id. */
  readonly servedModelNames: readonly string[];
  /** Id from `local-models.ts` or the path of a .gguf file. */
  readonly localModel: string;
  /** Context in tokens; the model's own one may be smaller. */
  readonly contextTokens: number;
  /** Sequences that decode together. */
  readonly slots: number;
  /** Requests that may run or wait; the next one gets a 503. */
  readonly maxRequests: number;
  readonly threads: number;
  readonly upstream: UpstreamSettings | null;
}

/** Bounds the KV cache: 4 slots of 4,096 tokens take 380 MB with the default model (23 kB a token). */
const DEFAULT_MAX_CONTEXT = 4096;
/** More streams share the same tokens per second on a few CPU cores (measured: 78 at 4, 80 at 8). */
const DEFAULT_MAX_SLOTS = 4;
const DEFAULT_MAX_WAITING = 60;

/**
 * Reads the process environment (`contracts/processes/process-environment.ts`). Throws ArgumentError that names the variable.
 * @param cores of the machine; one stays free, because as many threads as cores collapse under any load
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>, cores: number): EngineSettings {
  const parsed = readArguments(env[ENV.engineArguments]);
  const slots = integer(env, ENV.localSlots, 1, 64) ?? Math.min(parsed.maxSequences ?? 4, DEFAULT_MAX_SLOTS);
  const context = integer(env, ENV.localContext, 256, 1_000_000) ?? DEFAULT_MAX_CONTEXT;
  const ownName = env[ENV.model];
  return {
    host: env[ENV.host] || "127.0.0.1",
    port: integer(env, ENV.port, 0, 65_535) ?? ENGINE_PORT,
    logLevel: env[ENV.logLevel] || "info",
    servedModelNames: parsed.servedModelNames.length > 0 || !ownName ? parsed.servedModelNames : [ownName],
    localModel: env[ENV.localModel] || DEFAULT_LOCAL_MODEL,
    contextTokens: Math.min(context, parsed.maxModelLength ?? context),
    slots,
    maxRequests: parsed.maxRequests ?? (parsed.maxSequences ?? slots) + DEFAULT_MAX_WAITING,
    threads: integer(env, ENV.engineThreads, 1, 1024) ?? Math.max(1, cores - 1),
    upstream: readUpstream(env),
  };
}

function readArguments(text: string | undefined): EngineArguments {
  let words: unknown = [];
  try {
    if (text) words = JSON.parse(text);
  } catch {
    throw new ArgumentError(`${ENV.engineArguments} must be a JSON array of strings, got ${JSON.stringify(text)}.`);
  }
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
    throw new ArgumentError(`${ENV.engineArguments} must be a JSON array of strings, got ${JSON.stringify(text)}.`);
  }
  return parseEngineArguments(words);
}

function readUpstream(env: Readonly<Record<string, string | undefined>>): UpstreamSettings | null {
  const text = env[ENV.engineUrl];
  if (!text) return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new ArgumentError(`${ENV.engineUrl} must be an http or https address, got ${JSON.stringify(text)}.`);
  }
  return {
    url: withoutEnd(text, "/").replace(/\/v1$/, ""),
    model: env[ENV.engineModel] || null,
    key: env[ENV.engineKey] || null,
  };
}

function integer(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  min: number,
  max: number,
): number | null {
  const text = env[name];
  if (text === undefined || text === "") return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ArgumentError(`${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(text)}.`);
  }
  return value;
}
