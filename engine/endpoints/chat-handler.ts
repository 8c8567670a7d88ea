import { randomUUID } from "node:crypto";
import { ChatCompletionRequest, type ChatCompletionResponse } from "../../contracts/api/chat.ts";
import { type HttpCall, readJson, sendJson } from "../http/handler.ts";
import { EventStream } from "../http/sse.ts";
import type { TokenLogprob } from "../inference/generate.ts";
import { contentProblems } from "../prompt/chat-prompt.ts";
import { DeltaWriter, toMessage } from "./chat-message.ts";
import { type ChoiceSettings, generateChoices, type LocalService, type Prompt, usageOf } from "./local-service.ts";
import { readOutputFormat } from "./output-format.ts";
import { allowedTokens, conversationTokens, invalid, parseBody, readCommon } from "./requests.ts";

/** `POST /v1/chat/completions`. */
export async function handleChat(service: LocalService, httpCall: HttpCall): Promise<void> {
  const leave = service.requestLimit.enter();
  try {
    const body = parseBody(ChatCompletionRequest, await readJson(httpCall.request));
    const chat = await prepare(service, body);
    if (chat.common.stream) await streamChat(service, httpCall, chat);
    else await sendChat(service, httpCall, chat);
  } finally {
    leave();
  }
}

/** A checked request with everything that generation and the response need. */
interface PreparedChat {
  readonly common: ReturnType<typeof readCommon>;
  readonly format: Awaited<ReturnType<typeof readOutputFormat>>;
  readonly prompts: readonly Prompt[];
  readonly settings: ChoiceSettings;
  readonly head: { readonly id: string; readonly created: number; readonly model: string };
  readonly logprobsOf: (
    list: readonly TokenLogprob[],
  ) => { readonly content: ReturnType<typeof toLogprob>[]; readonly refusal: null } | null;
}

async function prepare({ engine, names }: LocalService, body: ChatCompletionRequest): Promise<PreparedChat> {
  const common = readCommon(body, engine, names);
  const problems = contentProblems(body.messages);
  if (body.top_logprobs && !body.logprobs) problems.push({ param: "top_logprobs", message: "needs `logprobs: true`" });
  if (problems.length > 0) throw invalid(problems);
  const format = await readOutputFormat(body, engine);
  const tokens = await conversationTokens(engine, body.messages, format.instructions);
  const requestedTokens = body.max_completion_tokens ?? body.max_tokens ?? null;
  return {
    common,
    format,
    prompts: [{ tokens, maxTokens: allowedTokens(engine, tokens, requestedTokens, engine.maxModelLength) }],
    settings: {
      stop: common.stop,
      stopTokens: common.stopTokens,
      sampling: common.sampling,
      ignoreEnd: common.ignoreEnd && format.grammar === null,
      grammar: format.grammar,
      logprobs: body.logprobs ? (body.top_logprobs ?? 0) : null,
    },
    head: {
      id: `chatcmpl-${randomUUID().replaceAll("-", "")}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model,
    },
    logprobsOf: (list) => (body.logprobs ? { content: list.map(toLogprob), refusal: null } : null),
  };
}

async function sendChat(service: LocalService, httpCall: HttpCall, chat: PreparedChat): Promise<void> {
  const { common, format, prompts, settings, head, logprobsOf } = chat;
  const choices = await generateChoices(service, prompts, common.n, settings, httpCall.signal, () => {});
  const completion: ChatCompletionResponse = {
    ...head,
    object: "chat.completion",
    choices: choices.map((choice, index) => ({
      index,
      ...toMessage(choice, format),
      logprobs: logprobsOf(choice.logprobs),
    })),
    usage: usageOf(prompts, common.n, choices),
  };
  sendJson(httpCall.response, 200, completion);
}

async function streamChat(service: LocalService, httpCall: HttpCall, chat: PreparedChat): Promise<void> {
  const { common, prompts, settings, head } = chat;
  const { signal } = httpCall;
  const stream = new EventStream(httpCall.response, signal);
  const writer = new ChunkWriter(stream, chat);
  const choices = await generateChoices(
    service,
    prompts,
    common.n,
    settings,
    signal,
    (index, { text, logprobs }) => writer.piece(index, text, logprobs),
    (index, { finishReason }) => writer.end(index, finishReason),
  );
  if (common.includeUsage) {
    const usage = usageOf(prompts, common.n, choices);
    await stream.send({ ...head, object: "chat.completion.chunk", choices: [], usage });
  }
  stream.end();
}

/** Writes the chunks of all choices of a streamed chat completion. */
class ChunkWriter {
  readonly #stream: EventStream;
  readonly #chat: PreparedChat;
  readonly #writers: readonly DeltaWriter[];
  /** Log probabilities of text that is not written yet. */
  readonly #pending: readonly TokenLogprob[][];
  readonly #begun = new Set<number>();

  constructor(stream: EventStream, chat: PreparedChat) {
    this.#stream = stream;
    this.#chat = chat;
    this.#writers = Array.from({ length: chat.common.n }, () => new DeltaWriter(chat.format));
    this.#pending = Array.from({ length: chat.common.n }, (): TokenLogprob[] => []);
  }

  async piece(index: number, text: string, logprobs: readonly TokenLogprob[]): Promise<void> {
    await this.#begin(index);
    this.#pending[index]?.push(...logprobs);
    await this.#sendAll(index, this.#writers[index]?.piece(text));
  }

  async end(index: number, finishReason: "stop" | "length"): Promise<void> {
    await this.#begin(index);
    const writer = this.#writers[index];
    await this.#sendAll(index, writer?.end());
    await this.#send(index, {}, writer?.reasonOf(finishReason) ?? finishReason, this.#pending[index] ?? []);
  }

  async #begin(index: number): Promise<void> {
    if (this.#begun.has(index)) return;
    this.#begun.add(index);
    const { format } = this.#chat;
    const content = format.grammar === null || format.kind.type === "text" ? "" : null;
    await this.#send(index, { role: "assistant", content }, null, []);
  }

  async #sendAll(index: number, deltas: readonly object[] = []): Promise<void> {
    for (const delta of deltas) await this.#send(index, delta, null, this.#pending[index]?.splice(0) ?? []);
  }

  #send(index: number, delta: object, reason: string | null, list: readonly TokenLogprob[]): Promise<void> {
    const { head, logprobsOf } = this.#chat;
    const choice = { index, delta, logprobs: logprobsOf(list), finish_reason: reason };
    return this.#stream.send({ ...head, object: "chat.completion.chunk", choices: [choice] });
  }
}

function toLogprob({ text, logprob, top }: TokenLogprob) {
  const entry = (each: { readonly text: string; readonly logprob: number }) => ({
    token: each.text,
    logprob: each.logprob,
    // An incomplete character has no text of its own.
    bytes: each.text.includes("\uFFFD") ? null : [...Buffer.from(each.text)],
  });
  return { ...entry({ text, logprob }), top_logprobs: top.map(entry) };
}
