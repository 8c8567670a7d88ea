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
import { requestBody } from "./settings.ts";

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

  const settings = { system: HOSTILE, parameters: { temperature: 0.5, max_tokens: 9, seed: 7 }, promptLimit: 1 };
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
});
