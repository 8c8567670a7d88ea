import { expect, test } from "vitest";
import { startDialectGateway } from "../test/dialect-gateway.ts";

const hello = { messages: [{ role: "user", content: "Hi" }] };
const chat = (...messages: readonly object[]) => ["/v1/chat/completions", { messages }] as const;
const responses = (fields: object) => ["/v1/responses", { input: "Hi", ...fields }] as const;
const input = (part: object) => responses({ input: [{ role: "user", content: [part] }] });
const messages = (fields: object) => ["/v1/messages", { max_tokens: 5, ...hello, ...fields }] as const;
const block = (content: object) => messages({ messages: [{ role: "user", content: [content] }] });
const voice = (id: string) => ({ voice: { id }, format: "wav" });
const geminiFile = {
  type: "image_url",
  image_url: { url: "https://GenerativeLanguage.googleapis.com/v1beta/files/id-1?a=.png" },
};
const OPENAI = ["openai", "vllm"] as const;
const ALL = [...OPENAI, "anthropic"] as const;

/** The field that names something in an account, the upstreams that would get it, and the request. */
const CASES = [
  [
    "messages[0].content[0].file.file_id",
    OPENAI,
    chat({ role: "user", content: [{ type: "file", file: { file_id: "id-1" } }] }),
  ],
  [
    "messages[1].audio.id",
    OPENAI,
    chat({ role: "user", content: "Hi" }, { role: "assistant", audio: { id: "id-1" } }, { role: "user", content: "?" }),
  ],
  ["audio.voice", OPENAI, ["/v1/chat/completions", { ...hello, modalities: ["text", "audio"], audio: voice("id-1") }]],
  ["input[0].content[0].file_data", ALL, input({ type: "input_file", file_id: "id-1" })],
  ["input[0].content[0].image_url", ALL, input({ type: "input_image", file_id: "id-1" })],
  ["conversation", ALL, responses({ conversation: "id-1" })],
  ["prompt", ALL, responses({ prompt: { id: "id-1" } })],
  ["messages[0].content[0].source.type", ALL, block({ type: "document", source: { type: "file", file_id: "id-1" } })],
  ["messages[0].content[0].type", ALL, block({ type: "container_upload", file_id: "id-1" })],
  ["messages[0].content[0].image_url.url", ["gemini"], chat({ role: "user", content: [geminiFile] })],
  ["container", ALL, messages({ container: "id-1" })],
  ["container", ALL, messages({ container: { id: "id-1" } })],
  ["container", ALL, messages({ container: { skills: [{ type: "custom", skill_id: "id-1" }] } })],
] as const;

// documented: no-ids-of-the-account
test("no request names what is stored in the account at a provider, whole or streamed: 400 with the field, and nothing is sent", async () => {
  const { request } = await startDialectGateway();
  for (const [param, upstreams, [path, body]] of CASES)
    for (const upstream of upstreams)
      for (const stream of [false, true]) {
        const { status, text, received } = await request(upstream, path, { ...body, stream });
        const name = `${upstream} ${path} ${param} ${stream}`;
        expect([status, received], name).toEqual([400, undefined]);
        expect(text, name).toContain(param);
        expect(text, name).not.toContain("id-1");
      }
});

// documented: what-is-of-all-tenants
test("what a provider offers to all of its accounts is sent: its own skills, and a voice by its name", async () => {
  const { request } = await startDialectGateway();
  const container = { skills: [{ type: "anthropic", skill_id: "xlsx", version: "latest" }] };
  const own = await request("anthropic", ...messages({ container }));
  expect(own.received?.body.container).toEqual(container);
  const audio = { voice: "alloy", format: "wav" };
  const spoken = await request("openai", "/v1/chat/completions", { ...hello, modalities: ["text", "audio"], audio });
  expect(spoken.received?.body.audio).toEqual(audio);
});
