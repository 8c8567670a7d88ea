// settings
import { ChatAnthropic } from "@langchain/anthropic";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";

const { SLUICE_URL, SLUICE_API_KEY: apiKey } = process.env;
const openai = (model) => new ChatOpenAI({ model, apiKey, configuration: { baseURL: `${SLUICE_URL}/v1` } });
const responses = (model) =>
  new ChatOpenAI({ model, apiKey, useResponsesApi: true, configuration: { baseURL: `${SLUICE_URL}/v1` } });
const anthropic = (model) => new ChatAnthropic({ model, apiKey, anthropicApiUrl: SLUICE_URL });
const embeddings = (model) => new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL: `${SLUICE_URL}/v1` } });

// end of settings

import { createAgent, tool } from "langchain";
import * as z from "zod";
import { report } from "./report.mjs";

const models = { openai, "openai responses": responses, anthropic };
const weather = tool(({ city }) => JSON.stringify({ city, celsius: city.length }), {
  name: "weather",
  description: "The weather of a city",
  schema: z.object({ city: z.string() }),
});
const first = { role: "user", content: "What is the weather in Paris and in Rome?" };

/** A tool loop of two steps, and a second turn that sends all of the first one back. */
async function turns(model) {
  const agent = createAgent({ model, tools: [weather] });
  const one = await agent.invoke({ messages: [first] });
  const two = await agent.invoke({ messages: [...one.messages, { role: "user", content: "Thank you." }] });
  return { texts: [one, two].map(({ messages }) => messages.at(-1).text), messages: one.messages.length };
}

async function streamed(model) {
  let text = "";
  for await (const chunk of await model.stream("Hello")) text += chunk.text;
  return { text };
}

const object = (model) =>
  model.withStructuredOutput(z.object({ city: z.string(), celsius: z.number() })).invoke("Paris as an object");

const parts = Object.entries(models).flatMap(([name, model]) =>
  ["openai", "anthropic"].flatMap((dialect) => [
    [`${name} to ${dialect}: turns`, () => turns(model(`weather-${dialect}`))],
    [`${name} to ${dialect}: stream`, () => streamed(model(`hello-${dialect}`))],
    [`${name} to ${dialect}: object`, () => object(model(`object-${dialect}`))],
  ]),
);
await report({
  ...Object.fromEntries(parts),
  "openai: embedMany": () => embeddings("vectors-openai").embedDocuments(["one", "two", "three"]),
});
