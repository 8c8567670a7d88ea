// settings
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

const { SLUICE_URL, SLUICE_API_KEY: apiKey } = process.env;
const openai = createOpenAI({ baseURL: `${SLUICE_URL}/v1`, apiKey });
const anthropic = createAnthropic({ baseURL: `${SLUICE_URL}/v1`, apiKey });
const compatible = createOpenAICompatible({
  name: "sluice",
  baseURL: `${SLUICE_URL}/v1`,
  apiKey,
  supportsStructuredOutputs: true,
});

// end of settings

import { embedMany, generateText, isStepCount, Output, streamText, tool } from "ai";
import * as z from "zod";
import { report } from "./report.mjs";

const models = {
  "openai responses": (name) => openai.responses(name),
  "openai chat": (name) => openai.chat(name),
  "openai-compatible": (name) => compatible(name),
  anthropic: (name) => anthropic(name),
};
const tools = {
  weather: tool({
    description: "The weather of a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ({ city, celsius: city.length }),
  }),
};
const loop = { tools, stopWhen: isStepCount(5) };
const first = { role: "user", content: "What is the weather in Paris and in Rome?" };

/** A tool loop of two steps, and a second turn that sends all of the first one back. */
async function turns(model) {
  const one = await generateText({ model, messages: [first], ...loop });
  const thanks = { role: "user", content: "Thank you." };
  const two = await generateText({ model, messages: [first, ...one.responseMessages, thanks], ...loop });
  return { texts: [one.text, two.text], steps: one.steps.length, warnings: one.warnings?.length ?? 0 };
}

async function streamed(model) {
  const errors = [];
  const result = streamText({ model, messages: [first], ...loop, onError: ({ error }) => errors.push(String(error)) });
  let text = "";
  for await (const part of result.textStream) text += part;
  return { text, steps: (await result.steps).length, errors };
}

async function object(model) {
  const schema = z.object({ city: z.string(), celsius: z.number() });
  const { output } = await generateText({ model, output: Output.object({ schema }), prompt: "Paris as an object" });
  return output;
}

const embedding = async (model) => {
  const { embeddings } = await embedMany({ model, values: ["one", "two", "three"] });
  return embeddings;
};

const parts = Object.entries(models).flatMap(([name, model]) =>
  ["openai", "anthropic"].flatMap((dialect) => [
    [`${name} to ${dialect}: turns`, () => turns(model(`weather-${dialect}`))],
    [`${name} to ${dialect}: stream`, () => streamed(model(`weather-${dialect}`))],
    [`${name} to ${dialect}: object`, () => object(model(`object-${dialect}`))],
  ]),
);
await report({
  ...Object.fromEntries(parts),
  "openai: embedMany": () => embedding(openai.embedding("vectors-openai")),
  "openai-compatible: embedMany": () => embedding(compatible.embeddingModel("vectors-openai")),
});
