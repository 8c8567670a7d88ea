import { text } from "node:stream/consumers";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import type { Result, Scenario } from "../scenario.ts";
import { callBatches } from "./batches.ts";

/** Runs scenarios with the official SDKs for JavaScript; see ../README.md. */
interface Input {
  readonly baseUrl: string;
  readonly key: string;
  readonly scenarios: readonly Scenario[];
}
type Outcome = Omit<Result, "id">;

const { baseUrl, key, scenarios }: Input = JSON.parse(await text(process.stdin));
for (const scenario of scenarios) console.log(JSON.stringify({ id: scenario.id, ...(await outcome(scenario)) }));

async function outcome(scenario: Scenario): Promise<Outcome> {
  try {
    return await (scenario.sdk === "anthropic" ? callAnthropic(scenario) : callOpenAi(scenario));
  } catch (error) {
    if (error instanceof OpenAI.APIError)
      return { error: errorOf(error.status, error.message, error.code, error.param) };
    if (error instanceof Anthropic.APIError) return { error: errorOf(error.status, error.message) };
    return { error: { status: 0, message: String(error) } };
  }
}

function errorOf(status = 0, message = "", code?: string | null, param?: string | null): NonNullable<Outcome["error"]> {
  return { status, message, ...(code ? { code } : {}), ...(param ? { param } : {}) };
}

async function callOpenAi({ call, key: which, model = "", body = {} }: Scenario): Promise<Outcome> {
  const client = new OpenAI({
    baseURL: `${baseUrl}/v1`,
    apiKey: which === "right" ? key : "sk-slu-wrong",
    maxRetries: 0,
  });
  switch (call) {
    case "models.list":
      return { ids: (await client.models.list()).data.map(({ id }) => id) };
    case "models.get":
      return { ids: [(await client.models.retrieve(model)).id] };
    case "completions":
      return await completion(client, body);
    case "completions.stream":
      return await completionStream(client, body);
    case "chat":
      return await chat(client, body);
    case "chat.stream":
      return await chatStream(client, body);
    case "embeddings": {
      const response = await client.embeddings.create(body as never);
      return { vectors: response.data.map(({ embedding }) => embedding.length) };
    }
    case "responses": {
      const response = await client.responses.create({ ...body, stream: false } as never);
      return { text: response.output_text, ...responseUsage(response.usage) };
    }
    case "responses.stream":
      return await responseStream(client, body);
    case "responses.chain":
      return await responseChain(client, body);
    case "files":
    case "batches":
    case "batches.cancel":
      return await callBatches(client, call, body);
    default:
      throw new Error(`OpenAI's SDK has no ${call}`);
  }
}

async function completion(client: OpenAI, body: object): Promise<Outcome> {
  const response = await client.completions.create({ ...body, stream: false } as never);
  const [choice] = response.choices;
  return { text: choice?.text ?? "", finish: choice?.finish_reason ?? "", ...usageOf(response.usage) };
}

async function completionStream(client: OpenAI, body: object): Promise<Outcome> {
  const stream = (await client.completions.create({ ...body, stream: true } as never)) as unknown as AsyncIterable<{
    choices: { text: string }[];
  }>;
  const parts: string[] = [];
  for await (const { choices } of stream) if (choices[0]?.text) parts.push(choices[0].text);
  return { text: parts.join(""), chunks: parts.length };
}

async function chat(client: OpenAI, body: object): Promise<Outcome> {
  const response = await client.chat.completions.create({ ...body, stream: false } as never);
  const [choice] = response.choices;
  const [called] = choice?.message.tool_calls ?? [];
  return {
    text: choice?.message.content ?? "",
    finish: choice?.finish_reason ?? "",
    choices: response.choices.length,
    logprobs: choice?.logprobs?.content?.length ?? 0,
    ...usageOf(response.usage),
    ...(called?.type === "function"
      ? { tool: { name: called.function.name, arguments: called.function.arguments } }
      : {}),
  };
}

async function chatStream(client: OpenAI, body: object): Promise<Outcome> {
  const stream = client.chat.completions.stream(body as never);
  let chunks = 0;
  stream.on("content", () => chunks++);
  const response = await stream.finalChatCompletion();
  const [choice] = response.choices;
  return {
    text: choice?.message.content ?? "",
    finish: choice?.finish_reason ?? "",
    chunks,
    ...usageOf(response.usage),
  };
}

async function responseStream(client: OpenAI, body: object): Promise<Outcome> {
  const stream = client.responses.stream(body as never);
  let chunks = 0;
  stream.on("response.output_text.delta", () => chunks++);
  const response = await stream.finalResponse();
  return { text: response.output_text, chunks, ...responseUsage(response.usage) };
}

/** A second response that continues from the first, is read, and then deleted. */
async function responseChain(client: OpenAI, body: object): Promise<Outcome> {
  const first = await client.responses.create({ ...body, stream: false } as never);
  const second = await client.responses.create({
    ...body,
    input: "What is my name?",
    previous_response_id: first.id,
    stream: false,
  } as never);
  const found = await client.responses.retrieve(second.id);
  await client.responses.delete(second.id);
  const gone = await client.responses.retrieve(second.id).catch((error: unknown) => error);
  if (!(gone instanceof OpenAI.NotFoundError)) throw new Error("a deleted response is still there");
  return { text: found.output_text };
}

function usageOf(usage: { prompt_tokens: number; completion_tokens: number } | null | undefined): Outcome {
  return usage ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } : {};
}

function responseUsage(usage: { input_tokens: number; output_tokens: number } | null | undefined): Outcome {
  return usage ? { promptTokens: usage.input_tokens, completionTokens: usage.output_tokens } : {};
}

async function callAnthropic({ call, key: which, body = {} }: Scenario): Promise<Outcome> {
  const client = new Anthropic({ baseURL: baseUrl, apiKey: which === "right" ? key : "sk-slu-wrong", maxRetries: 0 });
  let chunks = 0;
  async function message(): Promise<Anthropic.Message> {
    if (call === "messages") return await client.messages.create({ ...body, stream: false } as never);
    const stream = client.messages.stream(body as never);
    stream.on("text", () => chunks++);
    return await stream.finalMessage();
  }
  const { content, stop_reason, usage } = await message();
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const used = content.find((block) => block.type === "tool_use");
  return {
    text: texts.join(""),
    finish: stop_reason ?? "",
    chunks,
    ...responseUsage(usage),
    ...(used === undefined ? {} : { tool: { name: used.name, arguments: JSON.stringify(used.input) } }),
  };
}
