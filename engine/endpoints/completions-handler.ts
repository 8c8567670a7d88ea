import { randomUUID } from "node:crypto";
import { CompletionRequest, type CompletionResponse } from "../../contracts/api/completions.ts";
import { unsupportedLocally } from "../http/api-error.ts";
import { type HttpCall, readJson, sendJson } from "../http/handler.ts";
import { EventStream } from "../http/sse.ts";
import type { TokenLogprob } from "../inference/generate.ts";
import { type ChoiceSettings, generateChoices, type LocalService, type Prompt, usageOf } from "./local-service.ts";
import { allowedTokens, parseBody, readCommon, readTextOrTokens } from "./requests.ts";
import { readStructure } from "./structured-outputs.ts";

/** OpenAI's default of `max_tokens` for completions. */
const DEFAULT_MAX_TOKENS = 16;

/** `POST /v1/completions`. */
export async function handleCompletion(service: LocalService, httpCall: HttpCall): Promise<void> {
  const leave = service.requestLimit.enter();
  try {
    const body = parseBody(CompletionRequest, await readJson(httpCall.request));
    const completion = await prepare(service, body);
    if (completion.common.stream) await streamCompletion(service, httpCall, completion);
    else await sendCompletion(service, httpCall, completion);
  } finally {
    leave();
  }
}

/** A checked request with everything that generation and the response need. */
interface PreparedCompletion {
  readonly common: ReturnType<typeof readCommon>;
  readonly prompts: readonly Prompt[];
  readonly settings: ChoiceSettings;
  readonly head: {
    readonly id: string;
    readonly object: "text_completion";
    readonly created: number;
    readonly model: string;
  };
  /** The prompt of a choice where the request has `echo`. */
  readonly echo: (index: number) => string;
  readonly choiceOf: (
    index: number,
    text: string,
    reason: "stop" | "length" | null,
    tokens: readonly TokenLogprob[],
  ) => CompletionResponse["choices"][number];
}

async function prepare({ engine, names }: LocalService, body: CompletionRequest): Promise<PreparedCompletion> {
  const common = readCommon(body, engine, names);
  if (body.suffix) throw unsupportedLocally("suffix", "The request has `suffix`, a text after the completion");
  if (body.best_of != null && body.best_of !== common.n)
    throw unsupportedLocally("best_of", `best_of is ${body.best_of} with n = ${common.n}`);
  const structure = await readStructure(body, engine);
  if (body.echo && body.logprobs != null)
    throw unsupportedLocally("echo", "The request wants log probabilities of the prompt");
  const texts = await readTextOrTokens(engine, body.prompt, "prompt");
  const prompts = texts.map(
    ({ tokens }): Prompt => ({
      tokens,
      maxTokens: allowedTokens(engine, tokens, body.max_tokens ?? null, DEFAULT_MAX_TOKENS),
    }),
  );
  const offsets = new Map<number, number>();
  return {
    common,
    prompts,
    settings: {
      stop: common.stop,
      sampling: common.sampling,
      stopTokens: common.stopTokens,
      ignoreEnd: common.ignoreEnd && structure === null,
      grammar: structure?.grammar ?? null,
      logprobs: body.logprobs ?? null,
    },
    head: {
      id: `cmpl-${randomUUID().replaceAll("-", "")}`,
      object: "text_completion",
      created: Math.floor(Date.now() / 1000),
      model: body.model,
    },
    echo: (index) =>
      body.echo ? engine.model.detokenize(prompts[Math.floor(index / common.n)]?.tokens ?? [], true) : "",
    choiceOf: (index, text, reason, tokens) => ({
      index,
      text,
      finish_reason: reason,
      logprobs: body.logprobs == null ? null : toLogprobs(tokens, index, offsets),
    }),
  };
}

async function sendCompletion(
  service: LocalService,
  httpCall: HttpCall,
  completion: PreparedCompletion,
): Promise<void> {
  const { common, prompts, settings, head, echo, choiceOf } = completion;
  const choices = await generateChoices(service, prompts, common.n, settings, httpCall.signal, () => {});
  const response: CompletionResponse = {
    ...head,
    choices: choices.map(({ text, finishReason, logprobs }, index) =>
      choiceOf(index, echo(index) + text, finishReason, logprobs),
    ),
    usage: usageOf(prompts, common.n, choices),
  };
  sendJson(httpCall.response, 200, response);
}

async function streamCompletion(
  service: LocalService,
  httpCall: HttpCall,
  completion: PreparedCompletion,
): Promise<void> {
  const { common, prompts, settings, head, echo, choiceOf } = completion;
  const { signal } = httpCall;
  const stream = new EventStream(httpCall.response, signal);
  const begun = new Set<number>();
  const begin = (index: number) => (begun.has(index) ? "" : echo(index));
  const choices = await generateChoices(
    service,
    prompts,
    common.n,
    settings,
    signal,
    (index, { text, logprobs }) => {
      const whole = begin(index) + text;
      begun.add(index);
      return stream.send({ ...head, choices: [choiceOf(index, whole, null, logprobs)] });
    },
    (index, { finishReason }) => stream.send({ ...head, choices: [choiceOf(index, begin(index), finishReason, [])] }),
  );
  if (common.includeUsage) await stream.send({ ...head, choices: [], usage: usageOf(prompts, common.n, choices) });
  stream.end();
}

/** OpenAI's older form: parallel lists. `offsets` holds how many characters of each choice have gone out. */
function toLogprobs(tokens: readonly TokenLogprob[], index: number, offsets: Map<number, number>) {
  let offset = offsets.get(index) ?? 0;
  const starts = tokens.map(({ text }) => {
    const start = offset;
    offset += text.length;
    return start;
  });
  offsets.set(index, offset);
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ text, logprob }) => [text, logprob]))),
    text_offset: starts,
  };
}
