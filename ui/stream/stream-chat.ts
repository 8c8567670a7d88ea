import type { ChatCompletionRequest } from "../../contracts/api/chat.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { localProblem, type Problem, problemFromResponse, readErrorBody } from "./problem.ts";
import { type SseEvent, SseParser } from "./sse.ts";

export interface ChatCall {
  /** Base address of the API, without `/v1`. */
  readonly apiUrl: string;
  /** Empty for a request without a key. */
  readonly apiKey: string;
  readonly body: ChatCompletionRequest;
  readonly signal: AbortSignal;
  /** False when the browser knows that it has no connection. */
  readonly isOnline: () => boolean;
  /** Reads the headers of a response, a refusal's too, before its body. */
  readonly onHeaders?: (headers: Headers) => void;
}

export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompt's tokens, those that the engine had in its cache; absent where the API does not say. */
  readonly cachedTokens?: number;
}

/** Address of chat completions. */
export function chatUrl(apiUrl: string): string {
  return `${apiUrl}/v1/chat/completions`;
}

/** A piece of a tool call. `index` tells the calls of a response apart; id and name come with the first piece. */
export interface ToolCallPiece {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments: string;
}

/** What one read from the network brought. */
export interface ResponsePart {
  readonly text: string;
  /** What the model thinks before it answers; absent where the API does not tell it apart. */
  readonly thinking?: string;
  /** Pieces of calls, in their order; absent where there are none. */
  readonly toolCalls?: readonly ToolCallPiece[];
  /** Content, thinking and call deltas in it: about one token each, until `usage` has the true count. */
  readonly deltas: number;
  readonly usage?: TokenUsage;
  readonly finishReason?: string;
}

export type ChatOutcome =
  | { readonly kind: "complete" }
  | { readonly kind: "stopped" }
  | { readonly kind: "problem"; readonly problem: Problem };

/**
 * Sends the request once and passes the response on piece by piece. Never throws; an abort of the signal ends in
 * `stopped`.
 */
export async function streamChat(call: ChatCall, onPart: (part: ResponsePart) => void): Promise<ChatOutcome> {
  if (!call.isOnline()) return offline();
  let response: Response;
  try {
    response = await fetch(chatUrl(call.apiUrl), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(call.apiKey === "" ? {} : { authorization: `Bearer ${call.apiKey}` }),
      },
      body: JSON.stringify(call.body),
      // The key is the only credential; no cookie ever travels to the API's origin.
      credentials: "omit",
      signal: call.signal,
    });
  } catch {
    if (call.signal.aborted) return { kind: "stopped" };
    return call.isOnline() ? unreachable(call.apiUrl) : offline();
  }
  call.onHeaders?.(response.headers);
  if (!response.ok) {
    const problem = await problemFromResponse(response, new Date());
    return call.signal.aborted ? { kind: "stopped" } : { kind: "problem", problem };
  }
  if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const type = response.headers.get("content-type") ?? "nothing";
    return problem(localProblem("other", `The API answered with ${type} where an event stream was asked for.`));
  }
  return await readResponse(response.body.getReader(), call, onPart);
}

async function readResponse(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  call: ChatCall,
  onPart: (part: ResponsePart) => void,
): Promise<ChatOutcome> {
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const read = readEvents(done ? parser.end() : parser.push(value));
      const { text, thinking, toolCalls, usage, finishReason } = read.part;
      const rest = [thinking, toolCalls, usage, finishReason];
      if (text !== "" || rest.some((field) => field !== undefined)) onPart(read.part);
      if (read.problem !== undefined) return problem(read.problem);
      if (read.isDone) return { kind: "complete" };
      if (done) return broken("The answer ended without its closing mark, so its end may be missing.");
    }
  } catch {
    if (call.signal.aborted) return { kind: "stopped" };
    return broken(
      call.isOnline()
        ? "The connection broke in the middle of the answer."
        : "You went offline in the middle of the answer.",
    );
  } finally {
    // Frees the connection when the stream was left early; its result no longer matters then.
    await reader.cancel().catch(() => undefined);
  }
}

interface ReadEvents {
  readonly part: ResponsePart;
  readonly isDone: boolean;
  readonly problem?: Problem;
}

function readEvents(events: readonly SseEvent[]): ReadEvents {
  let part: ResponsePart = { text: "", deltas: 0 };
  for (const { event, data } of events) {
    if (data === "[DONE]") return { part, isDone: true };
    const value = parseJson(data);
    if (event === "error" || (isRecord(value) && isRecord(value.error))) {
      const { message = "The engine stopped in the middle of the answer.", details } = readErrorBody(value);
      return { part, isDone: false, problem: { kind: "interrupted", message, details } };
    }
    part = addChunk(part, value);
  }
  return { part, isDone: false };
}

/**
 * Adds one `chat.completion.chunk`. Fields of another shape are skipped: a strange chunk is no reason to lose a
 * response.
 */
function addChunk(part: ResponsePart, value: unknown): ResponsePart {
  if (!isRecord(value)) return part;
  const choice: unknown = Array.isArray(value.choices) ? value.choices[0] : undefined;
  const delta = isRecord(choice) && isRecord(choice.delta) ? choice.delta : {};
  const text = typeof delta.content === "string" ? delta.content : "";
  // vLLM's name now and before.
  const thinking = [delta.reasoning, delta.reasoning_content].find((value) => typeof value === "string") ?? "";
  const calls = readCalls(delta.tool_calls);
  const usage = readUsage(value.usage);
  const finishReason = isRecord(choice) && typeof choice.finish_reason === "string" ? choice.finish_reason : undefined;
  return {
    ...part,
    text: part.text + text,
    ...(thinking === "" ? {} : { thinking: (part.thinking ?? "") + thinking }),
    ...(calls.length === 0 ? {} : { toolCalls: [...(part.toolCalls ?? []), ...calls] }),
    // The role frame has empty content and is no token.
    deltas: part.deltas + (text === "" && thinking === "" && calls.length === 0 ? 0 : 1),
    ...(usage === undefined ? {} : { usage }),
    ...(finishReason === undefined ? {} : { finishReason }),
  };
}

function readCalls(value: unknown): readonly ToolCallPiece[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((call: unknown): readonly ToolCallPiece[] => {
    if (!isRecord(call) || typeof call.index !== "number" || !isRecord(call.function)) return [];
    const { name, arguments: text } = call.function;
    return [
      {
        index: call.index,
        ...(typeof call.id === "string" ? { id: call.id } : {}),
        ...(typeof name === "string" ? { name } : {}),
        arguments: typeof text === "string" ? text : "",
      },
    ];
  });
}

function readUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = value;
  if (typeof promptTokens !== "number" || typeof completionTokens !== "number") return undefined;
  const details = isRecord(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const cachedTokens = details.cached_tokens;
  return { promptTokens, completionTokens, ...(typeof cachedTokens === "number" ? { cachedTokens } : {}) };
}

function problem(what: Problem): ChatOutcome {
  return { kind: "problem", problem: what };
}

function broken(message: string): ChatOutcome {
  return problem(localProblem("interrupted", message));
}

function offline(): ChatOutcome {
  return problem(localProblem("offline", "This browser has no network connection."));
}

function unreachable(apiUrl: string): ChatOutcome {
  return problem(
    localProblem("unreachable", `Nothing answered at ${apiUrl}. The API may be down, or it may not allow this page.`),
  );
}
