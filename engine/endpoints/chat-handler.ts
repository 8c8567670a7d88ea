import { randomUUID } from "node:crypto";
import { ChatCompletionRequest, type ChatCompletionResponse } from "../../contracts/chat.ts";
import { type HttpCall, readJson, sendJson } from "../http/handler.ts";
import { EventStream } from "../http/sse.ts";
import type { TokenLogprob } from "../inference/generate.ts";
import { contentProblems } from "../prompt/chat-prompt.ts";
import { readAnswerFormat } from "./answer-format.ts";
import { DeltaWriter, toMessage } from "./chat-message.ts";
import { type ChoiceSettings, generateChoices, type LocalService, usageOf } from "./local-service.ts";
import { allowedTokens, invalid, parseBody, readCommon } from "./requests.ts";

/** `POST /v1/chat/completions`. */
export async function handleChat(service: LocalService, httpCall: HttpCall): Promise<void> {
  const leave = service.requestLimit.enter();
  try {
    const body = parseBody(ChatCompletionRequest, await readJson(httpCall.request));
    const { engine, names } = service;
    const common = readCommon(body, engine, names);
    const problems = contentProblems(body.messages);
    if (body.top_logprobs && !body.logprobs) {
      problems.push({ param: "top_logprobs", message: "needs `logprobs: true`" });
    }
    if (problems.length > 0) throw invalid(problems);
    const format = await readAnswerFormat(body, engine);
    const tokens = engine.chat.tokens(body.messages, format.instructions);
    const requestedTokens = body.max_completion_tokens ?? body.max_tokens ?? null;
    const prompts = [{ tokens, maxTokens: allowedTokens(engine, tokens, requestedTokens, engine.maxModelLength) }];
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
    const { signal } = httpCall;
    const logprobsOf = (list: readonly TokenLogprob[]) =>
      body.logprobs ? { content: list.map(toLogprob), refusal: null } : null;
    if (!common.stream) {
      const choices = await generateChoices(service, prompts, n, settings, signal, () => {});
      const completion: ChatCompletionResponse = {
        ...head,
        object: "chat.completion",
        choices: choices.map((choice, index) => ({
          index,
          ...toMessage(choice, format),
          logprobs: logprobsOf(choice.logprobs),
        })),
        usage: usageOf(prompts, n, choices),
      };
      sendJson(httpCall.response, 200, completion);
      return;
    }
    const stream = new EventStream(httpCall.response, signal);
    const send = (index: number, delta: object, reason: string | null, list: readonly TokenLogprob[]) =>
      stream.send({
        ...head,
        object: "chat.completion.chunk",
        choices: [{ index, delta, logprobs: logprobsOf(list), finish_reason: reason }],
      });
    const writers = Array.from({ length: n }, () => new DeltaWriter(format));
    const held = Array.from({ length: n }, (): TokenLogprob[] => []);
    // Text that is held back keeps its log probabilities with it.
    const sendAll = async (index: number, deltas: readonly object[] = []) => {
      for (const delta of deltas) await send(index, delta, null, held[index]?.splice(0) ?? []);
    };
    const begun = new Set<number>();
    const begin = async (index: number) => {
      if (begun.has(index)) return;
      begun.add(index);
      await send(
        index,
        { role: "assistant", content: format.grammar === null || format.kind.type === "text" ? "" : null },
        null,
        [],
      );
    };
    const choices = await generateChoices(
      service,
      prompts,
      n,
      settings,
      signal,
      async (index, { text, logprobs }) => {
        await begin(index);
        held[index]?.push(...logprobs);
        await sendAll(index, writers[index]?.piece(text));
      },
      async (index, end) => {
        await begin(index);
        const writer = writers[index];
        await sendAll(index, writer?.end());
        await send(index, {}, writer?.reasonOf(end.finishReason) ?? end.finishReason, held[index] ?? []);
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

function toLogprob({ text, logprob, top }: TokenLogprob) {
  const entry = (each: { readonly text: string; readonly logprob: number }) => ({
    token: each.text,
    logprob: each.logprob,
    // Half a character has no text of its own.
    bytes: each.text.includes("\uFFFD") ? null : [...Buffer.from(each.text)],
  });
  return { ...entry({ text, logprob }), top_logprobs: top.map(entry) };
}
