import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Loopback, listenOnLoopback } from "../../../../test-support/loopback.ts";
import { type Language, snippet } from "../../../../ui/code/snippets.ts";
import { streamChatTo } from "../../../test/scripted-chat.ts";
import type { ChatMessage } from "./conversation/chat-messages.ts";
import { DEFAULT_SETTINGS, requestBody } from "./conversation/settings.ts";

const run = promisify(execFile);
/** What ends texts, escapes or shell words where a snippet writes them. */
const HOSTILE = 'It\'s "5" `date` $(id) $HOME \\ \\n %s \'\'\' """ \u2028 🙂 \ud800\nnext line\t</script>';

describe("a request as code", () => {
  let api: Loopback;
  let folder: string;
  let seen: { readonly authorization: string | undefined; readonly body: Record<string, unknown> }[];
  beforeEach(async () => {
    seen = [];
    folder = await mkdtemp(join(tmpdir(), "snippets-"));
    api = await listenOnLoopback((request, response) => {
      void text(request).then((body) => {
        seen.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
        return streamChatTo(response, { pieces: ["Good ", "day"] });
      });
    });
  });
  afterEach(async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = { ...DEFAULT_SETTINGS, system: HOSTILE, parameters: { temperature: 0.5, max_tokens: 9, seed: 7 } };
  const code = (language: Language) =>
    snippet(language, api.origin, requestBody("phi-3-mini", settings, [{ role: "user", content: HOSTILE }]));
  const env = { ...process.env, OPENAI_API_KEY: "sk-sl-test" };
  const whole = HOSTILE.toWellFormed();
  const expected = {
    authorization: "Bearer sk-sl-test",
    body: {
      model: "phi-3-mini",
      messages: [
        { role: "system", content: whole },
        { role: "user", content: whole },
      ],
      temperature: 0.5,
      max_tokens: 9,
      seed: 7,
      stream: true,
    },
  };

  test("runs with curl in a shell, and sends the request of the page, whatever the prompts have", async () => {
    const { stdout } = await run("bash", ["-c", code("curl")], { env });
    expect(stdout).toContain('"content":"Good "');
    expect(seen).toEqual([expected]);
  });

  test("runs in Node.js with OpenAI's SDK", async () => {
    await writeFile(join(folder, "request.mjs"), code("node"));
    await symlink(join(import.meta.dirname, "../../../../node_modules"), join(folder, "node_modules"));
    const { stdout } = await run(process.execPath, [join(folder, "request.mjs")], { env });
    expect(stdout).toBe("Good day");
    expect(seen).toEqual([expected]);
  });

  /** A request with a picture, a tool with a result, and a form of the answer. */
  const messages: readonly ChatMessage[] = [
    {
      role: "user",
      content: [
        { type: "text", text: HOSTILE },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: '{"all":true}' } }],
    },
    { role: "tool", tool_call_id: "call_1", content: HOSTILE },
  ];
  const rich = requestBody(
    "phi-3-mini",
    {
      ...settings,
      tools: [
        { type: "function", function: { name: "look", parameters: { type: "object", properties: {} }, strict: false } },
      ],
      toolChoice: "required",
      format: { type: "json_object" },
    },
    messages,
  );
  const richSent = {
    authorization: expected.authorization,
    body: {
      ...JSON.parse(JSON.stringify(rich), (_, v) => (typeof v === "string" ? v.toWellFormed() : v)),
      stream: true,
    },
  };

  // documented: playground-code
  test("has pictures, tools, their results and the form of the answer with curl and in Node.js", async () => {
    await run("bash", ["-c", snippet("curl", api.origin, rich)], { env });
    await writeFile(join(folder, "request.mjs"), snippet("node", api.origin, rich));
    await symlink(join(import.meta.dirname, "../../../../node_modules"), join(folder, "node_modules"));
    await run(process.execPath, [join(folder, "request.mjs")], { env });
    expect(seen).toEqual([richSent, richSent]);
  });

  test("has them as values of Python, whatever the prompts have", async () => {
    // Without the SDK: what the call is given is printed.
    const stand =
      "class Client:\n  def __init__(self, **_): pass\n  class chat:\n    class completions:\n      @staticmethod\n      def create(**fields):\n        import json\n        print(json.dumps(fields))\n        return []\nOpenAI = Client\n";
    const program = snippet("python", api.origin, rich).replace("from openai import OpenAI\n", stand);
    const { stdout } = await run("python3", ["-c", program], { env });
    expect(JSON.parse(stdout)).toEqual(richSent.body);
  });
});
