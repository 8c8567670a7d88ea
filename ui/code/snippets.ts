/** A chat completion as a page sends it, with its parameters. */
export interface SnippetBody {
  readonly model: string;
  readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
  /** Numbers such as `temperature`. */
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
${messages.map((message) => `        ${JSON.stringify(message)},`).join("\n")}
    ],
${Object.entries(fields)
  .map(([name, value]) => `    ${name}=${JSON.stringify(value)},`)
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

  go: (baseUrl, { model, messages, ...parameters }) => `package main

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
${messages.map(({ role, content }) => `\t\t\topenai.${GO_MESSAGES[role]}(${goText(content)}),`).join("\n")}
		},
${Object.entries(parameters)
  .map(
    ([name, value]) =>
      `\t\t${goName(name)}: ${Number.isInteger(value) && GO_WHOLE.has(name) ? "openai.Int" : "openai.Float"}(${value}),`,
  )
  .join("\n")}
	})
	for stream.Next() {
		if chunk := stream.Current(); len(chunk.Choices) > 0 {
			fmt.Print(chunk.Choices[0].Delta.Content)
		}
	}
	if err := stream.Err(); err != nil {
		panic(err)
	}
}
`,
};

const GO_MESSAGES = { system: "SystemMessage", user: "UserMessage", assistant: "AssistantMessage" } as const;
const GO_WHOLE = new Set(["max_tokens", "seed"]);

/** `max_tokens` is `MaxTokens`, `top_p` is `TopP`. */
function goName(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** JSON's escapes are Go's too. */
function goText(text: string): string {
  return JSON.stringify(text);
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
