import { expect, test } from "vitest";
import { startDialectGateway, UPSTREAMS } from "../test/dialect-gateway.ts";

const hello = { messages: [{ role: "user", content: "Hi" }] };
const named = { function: { name: "f" }, name: "f", parameters: { type: "object" } };
const responses = (...types: readonly string[]) =>
  ["/v1/responses", { input: "Hi", tools: types.map((type) => ({ ...named, type })) }] as const;
const messages = (type: string) =>
  ["/v1/messages", { max_tokens: 5, ...hello, tools: [{ type, name: "search" }] }] as const;
const chat = (fields: object) => ["/v1/chat/completions", { ...hello, ...fields }] as const;
const but = (own: string) => UPSTREAMS.filter((name) => name !== own);

/** The field that names a tool which the target does not run, the targets, and the request. */
const CASES = [
  ...[
    "file_search",
    "code_interpreter",
    "computer_use_preview",
    "computer",
    "mcp",
    "shell",
    "apply_patch",
    "new_tool",
  ].map((type) => ["tools[1].type", UPSTREAMS, responses("function", type)] as const),
  [
    "input[0].tools[0].type",
    UPSTREAMS,
    ["/v1/responses", { input: [{ type: "additional_tools", tools: [{ type: "file_search" }] }] }],
  ],
  ...["web_search_20250305", "web_fetch_20250910", "code_execution_20250825", "computer_20250124", "bash_20250124"].map(
    (type) => ["tools[0].type", but("anthropic"), messages(type)] as const,
  ),
  ...["web_search", "file_search", "code_interpreter", "google_search", "code_execution"].map(
    (type) => ["tools[0].type", UPSTREAMS, chat({ tools: [{ type }] })] as const,
  ),
  ["web_search_options", but("openai"), chat({ web_search_options: {} })],
] as const;

// documented: hosted-tools
test("no request that has a tool which its target does not run is answered without it: 400 with the field, and nothing is sent", async () => {
  const { request } = await startDialectGateway();
  for (const [param, upstreams, [path, body]] of CASES)
    for (const upstream of upstreams) {
      const { status, text, received } = await request(upstream, path, body);
      const { error } = JSON.parse(text);
      const name = `${upstream} ${path} ${JSON.stringify(body)}`;
      expect([status, error.param ?? error.details?.param, received], name).toEqual([400, param, undefined]);
    }
});

test("a search of the web is sent to a provider of OpenAI's dialect, which performs it", async () => {
  const { request } = await startDialectGateway();
  const { received } = await request("openai", ...chat({ web_search_options: { search_context_size: "low" } }));
  expect(received?.body.web_search_options).toEqual({ search_context_size: "low" });
});

test("a tool of the Responses API that no target runs is refused in words: the value, the rule and the remedy", async () => {
  const { request } = await startDialectGateway();
  const { text } = await request("openai", ...responses("file_search"));
  expect(JSON.parse(text).error).toMatchObject({
    type: "invalid_request_error",
    param: "tools[0].type",
    message:
      '`tools[0].type` must be function, custom, namespace or tool_search with `execution` client, got "file_search", which no target here runs; send a function that your program runs, or leave it out.',
  });
});
