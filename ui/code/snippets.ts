type Message = Readonly<Record<string, unknown>> & { readonly role: string };

/** A chat completion as a page sends it, with its parameters. */
export interface SnippetBody {
  readonly model: string;
  readonly messages: readonly Message[];
  /** `temperature`, `tools` and so on. */
  readonly [parameter: string]: unknown;
}

export const LANGUAGES = ["curl", "python", "node", "go"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The environment variable that has the key in each snippet: no snippet has the key itself. */
const KEY = "OPENAI_API_KEY";

/** The request as a program: with curl, or with OpenAI's official SDK of the language. @param apiUrl without `/v1` */
export function snippet(language: Language, apiUrl: string, body: SnippetBody): string {
  // Half a surrogate pair is no character in other languages.
  const whole: SnippetBody = JSON.parse(JSON.stringify(body), (_, value) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );
  return WRITERS[language](`${apiUrl}/v1`, whole);
}

const WRITERS: Readonly<Record<Language, (baseUrl: string, body: SnippetBody) => string>> = {
  curl: (baseUrl, body) =>
    [
      `curl --no-buffer ${quoted(`${baseUrl}/chat/completions`)}`,
      `-H "authorization: Bearer $${KEY}"`,
      '-H "content-type: application/json"',
      `-d ${quoted(JSON.stringify({ ...body, stream: true }, undefined, 2))}`,
    ].join(" \\\n  "),

  python: (baseUrl, { messages, ...fields }) => `import os
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=os.environ["${KEY}"])
stream = client.chat.completions.create(
    messages=[
${messages.map((message) => `        ${pythonValue(message)},`).join("\n")}
    ],
${Object.entries(fields)
  .map(([name, value]) => `    ${name}=${pythonValue(value)},`)
  .join("\n")}
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
`,

  node: (baseUrl, body) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)} }); // reads OPENAI_API_KEY
const stream = await client.chat.completions.create(${JSON.stringify({ ...body, stream: true }, undefined, 2)});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
`,

  go: (baseUrl, body) => (isPlain(body) ? goByFields(baseUrl, body) : goByJson(baseUrl, body)),
};

const PLAIN_ROLES: readonly string[] = ["system", "user", "assistant"];

/** Whether a request has texts and numbers alone, which are written with the SDK's own types. */
function isPlain({ model: _, messages, ...parameters }: SnippetBody): boolean {
  const isText = ({ role, content, ...rest }: Message) =>
    PLAIN_ROLES.includes(role) && typeof content === "string" && Object.keys(rest).length === 0;
  return messages.every(isText) && Object.values(parameters).every((value) => typeof value === "number");
}

/** Tools, schemas and pictures as the JSON that the request has: the SDK's types for them are many lines for each. */
function goByJson(baseUrl: string, body: SnippetBody): string {
  return `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
)

func main() {
	client := openai.NewClient(option.WithBaseURL(${goText(baseUrl)}), option.WithAPIKey(os.Getenv("${KEY}")))
	body := json.RawMessage(${goText(JSON.stringify(body))})
	stream := client.Chat.Completions.NewStreaming(context.Background(), param.Override[openai.ChatCompletionNewParams](body))
${GO_END}`;
}

function goByFields(baseUrl: string, { model, messages, ...parameters }: SnippetBody): string {
  return `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	client := openai.NewClient(option.WithBaseURL(${goText(baseUrl)}), option.WithAPIKey(os.Getenv("${KEY}")))
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{
		Model: ${goText(model)},
		Messages: []openai.ChatCompletionMessageParamUnion{
${messages.map(({ role, content }) => `\t\t\topenai.${GO_MESSAGES.get(role)}(${goText(String(content))}),`).join("\n")}
		},
${Object.entries(parameters)
  .map(
    ([name, value]) =>
      `\t\t${goName(name)}: ${Number.isInteger(value) && GO_WHOLE.has(name) ? "openai.Int" : "openai.Float"}(${value}),`,
  )
  .join("\n")}
	})
${GO_END}`;
}

const GO_END = `	for stream.Next() {
		if chunk := stream.Current(); len(chunk.Choices) > 0 {
			fmt.Print(chunk.Choices[0].Delta.Content)
		}
	}
	if err := stream.Err(); err != nil {
		panic(err)
	}
}
`;

const GO_MESSAGES = new Map([
  ["system", "SystemMessage"],
  ["user", "UserMessage"],
  ["assistant", "AssistantMessage"],
]);
const GO_WHOLE = new Set(["max_tokens", "seed"]);

/** `max_tokens` is `MaxTokens`, `top_p` is `TopP`. */
function goName(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** JSON as Python writes it: its escapes are Python's too. */
function pythonValue(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, field]) => `${JSON.stringify(name)}: ${pythonValue(field)}`)
    .join(", ")}}`;
}

/** JSON's escapes are Go's too. */
function goText(text: string): string {
  return JSON.stringify(text);
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
