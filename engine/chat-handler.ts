import { randomUUID } from "node:crypto";
import * as z from "zod";
import { ChatCompletionRequest, type ChatCompletionResponse } from "../contracts/chat.ts";
import { type AnswerFormat, readAnswerFormat } from "./answer-format.ts";
import { contentProblems } from "./chat-prompt.ts";
import type { TokenLogprob } from "./generate.ts";
import { type Exchange, readJson, sendJson } from "./http.ts";
import { type Choice, type ChoiceSettings, generateChoices, type LocalService, usageOf } from "./local-service.ts";
import { allowedTokens, invalid, parseBody, readCommon } from "./requests.ts";
import { EventStream } from "./sse.ts";

/** `POST /v1/chat/completions`. */
export async function handleChat(service: LocalService, exchange: Exchange): Promise<void> {
  const leave = service.admission.enter();
  try {
    const body = parseBody(ChatCompletionRequest, await readJson(exchange.request));
    const { engine, names } = service;
    const common = readCommon(body, engine, names);
    const problems = contentProblems(body.messages);
    if (body.top_logprobs && !body.logprobs) {
      problems.push({ param: "top_logprobs", message: "needs `logprobs: true`" });
    }
    if (problems.length > 0) throw invalid(problems);
    const format = await readAnswerFormat(body, engine);
    const tokens = engine.chat.tokens(body.messages, format.instructions);
    const asked = body.max_completion_tokens ?? body.max_tokens ?? null;
    const prompts = [{ tokens, maxTokens: allowedTokens(engine, tokens, asked, engine.maxModelLength) }];
    const settings: ChoiceSettings = {
      stop: common.stop,
      stopTokens: common.stopTokens,
      sampling: common.sampling,
      ignoreEnd: common.ignoreEnd && format.grammar === null,
      grammar: format.grammar,
      logprobs: body.logprobs ? (body.top_logprobs ?? 0) : null,
    };
    const head = {
      id: `chatcmpl-${randomUUID().replaceAll("-", "")}`,
      created: Math.floor(Date.now() / 1000),
      model: body.model,
    };
    const { n } = common;
    const { signal } = exchange;
    const logprobsOf = (list: readonly TokenLogprob[]) =>
      body.logprobs ? { content: list.map(toLogprob), refusal: null } : null;
    if (!common.stream) {
      const choices = await generateChoices(service, prompts, n, settings, signal, () => {});
      const answer: ChatCompletionResponse = {
        ...head,
        object: "chat.completion",
        choices: choices.map((choice, index) => ({
          index,
          ...toMessage(choice, format),
          logprobs: logprobsOf(choice.logprobs),
        })),
        usage: usageOf(prompts, n, choices),
      };
      sendJson(exchange.response, 200, answer);
      return;
    }
    const stream = new EventStream(exchange.response, signal);
    const send = (index: number, delta: object, reason: string | null, list: readonly TokenLogprob[]) =>
      stream.send({
        ...head,
        object: "chat.completion.chunk",
        choices: [{ index, delta, logprobs: logprobsOf(list), finish_reason: reason }],
      });
    const writers = Array.from({ length: n }, () => new DeltaWriter(format));
    const begun = new Set<number>();
    const begin = async (index: number) => {
      if (begun.has(index)) return;
      begun.add(index);
      await send(index, { role: "assistant", content: format.kind.type === "text" ? "" : null }, null, []);
    };
    const choices = await generateChoices(
      service,
      prompts,
      n,
      settings,
      signal,
      async (index, { text, logprobs }) => {
        await begin(index);
        const delta = writers[index]?.piece(text);
        if (delta) await send(index, delta, null, logprobs);
      },
      async (index, end) => {
        await begin(index);
        const delta = writers[index]?.end();
        if (delta) await send(index, delta, null, []);
        await send(index, {}, reasonOf(end.finishReason, format), []);
      },
    );
    if (common.includeUsage) {
      await stream.send({ ...head, object: "chat.completion.chunk", choices: [], usage: usageOf(prompts, n, choices) });
    }
    stream.end();
  } finally {
    leave();
  }
}

const AnyCall = z.object({ name: z.string(), arguments: z.unknown() });

type AnswerChoice = ChatCompletionResponse["choices"][number];
type ToolCall = NonNullable<AnswerChoice["message"]["tool_calls"]>[number];

/** A call that was cut off keeps its text, as OpenAI does: the caller sees `length`. */
function toCall(text: string, format: AnswerFormat): ToolCall {
  const id = `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  if (format.kind.type === "call")
    return { id, type: "function", function: { name: format.kind.name, arguments: text } };
  const call = AnyCall.safeParse(parseJson(text));
  const name = call.success ? call.data.name : "";
  return {
    id,
    type: "function",
    function: { name, arguments: call.success ? JSON.stringify(call.data.arguments) : text },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toMessage(
  { text, finishReason }: Choice,
  format: AnswerFormat,
): Pick<AnswerChoice, "message" | "finish_reason"> {
  const role = "assistant" as const;
  const message =
    format.kind.type === "text"
      ? { role, content: text, refusal: null }
      : { role, content: null, refusal: null, tool_calls: [toCall(text, format)] };
  return { message, finish_reason: reasonOf(finishReason, format) };
}

function reasonOf(reason: "stop" | "length", format: AnswerFormat): "stop" | "length" | "tool_calls" {
  return reason === "stop" && format.kind.type !== "text" ? "tool_calls" : reason;
}

/** Turns an answer's pieces into deltas: text as it is, a call's arguments one by one, a free call when it is whole. */
class DeltaWriter {
  readonly #format: AnswerFormat;
  #text = "";
  #begun = false;

  constructor(format: AnswerFormat) {
    this.#format = format;
  }

  piece(text: string): object | null {
    this.#text += text;
    if (this.#format.kind.type === "text") return { content: text };
    if (this.#format.kind.type === "any-call") return null;
    if (this.#begun) return { tool_calls: [{ index: 0, function: { arguments: text } }] };
    this.#begun = true;
    return { tool_calls: [{ index: 0, ...toCall(text, this.#format) }] };
  }

  end(): object | null {
    return this.#format.kind.type === "any-call"
      ? { tool_calls: [{ index: 0, ...toCall(this.#text, this.#format) }] }
      : null;
  }
}

function toLogprob({ text, logprob, top }: TokenLogprob) {
  const entry = (each: { readonly text: string; readonly logprob: number }) => ({
    token: each.text,
    logprob: each.logprob,
    // Half a character has no text of its own.
    bytes: each.text.includes("\uFFFD") ? null : [...Buffer.from(each.text)],
  });
  return { ...entry({ text, logprob }), top_logprobs: top.map(entry) };
}
