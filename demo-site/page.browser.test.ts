import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  describePage,
  focusedId,
  PATIENCE,
  promptOf,
  responseOf,
  responseTextOf,
  sees,
  sendPrompt,
  status,
} from "./test/page-stage.ts";
import { stream } from "./test/scripted-api.ts";

const WORDS = ["Apples,\n", "pears ", "and <b>plums</b>", "."];
const RESPONSE_TEXT = WORDS.join("");

describePage("the demo page in Chromium", (stage) => {
  test("is small, has hashed names and no inline code", async () => {
    const { files, folder } = stage();
    expect(files.map((file) => file.path.replace(/-[\w-]{8}\./, "-HASH.")).sort()).toEqual([
      "assets/index-HASH.css",
      "assets/index-HASH.js",
      "favicon.svg",
      "index.html",
    ]);
    expect(files.reduce((sum, file) => sum + file.gzipBytes, 0)).toBeLessThan(100_000);
    const html = await readFile(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
  });

  test("streams the response to a typed prompt, with the keyboard alone", async () => {
    const { api, openPage } = stage();
    const { promise: rest, resolve: release } = Promise.withResolvers<void>();
    api.script(stream(WORDS, rest));
    const page = await openPage();
    await promptOf(page).waitFor();
    await page.keyboard.press("Tab");
    expect(await focusedId(page)).toBe("field-prompt");
    await page.keyboard.type("List three");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("fruits");
    await page.keyboard.press("Enter");

    const text = responseTextOf(page);
    await expect.poll(() => text.textContent(), { timeout: PATIENCE }).toBe("Apples,\npears ");
    await status(page, "Answering.");
    expect(await responseOf(page).getAttribute("aria-busy")).toBe("true");
    release();
    await status(page, /^Done: 4 tokens/);
    // What the model writes is text, never markup; its line breaks stay.
    expect(await text.textContent()).toBe(RESPONSE_TEXT);
    expect(await text.locator("b").count()).toBe(0);
    expect(await page.getByRole("status").textContent()).toContain(`The answer: ${RESPONSE_TEXT}`);

    const figures = await responseOf(page).locator("dl").innerText();
    expect(figures).toMatch(/Time to first token\s+[\d.]+ m?s/);
    expect(figures).toMatch(/Tokens per second\s+[\d.]+/);
    expect(figures).toMatch(/Answer tokens\s+4\s+Prompt tokens\s+9/);
    expect(api.seen[0]).toMatchObject({
      authorization: undefined,
      body: {
        model: "phi-3-mini",
        messages: [{ role: "user", content: "List three\nfruits" }],
        temperature: 0.2,
        top_p: 0.9,
        max_tokens: 200,
        stream: true,
        stream_options: { include_usage: true },
      },
    });
    // The prompt has left its field, and the focus has stayed there for the next one.
    expect(await promptOf(page).inputValue()).toBe("");
    expect(await focusedId(page)).toBe("field-prompt");
  });

  test("shows that a stand-in responds, and only for the model it stands in for", async () => {
    const { openPage } = stage();
    const page = await openPage();
    await page.getByText("A tiny local stand-in model answers here:").waitFor();
    await sees(page, "SmolLM2-135M-Instruct, a tiny local stand-in for Phi-3 mini");
    await page.getByLabel("Model").selectOption("llama-70b");
    expect(await page.getByText("stand-in").count()).toBe(0);
  });

  test("names the stand-in after a response when its engine had not reported its weights before", async () => {
    const { api, openPage } = stage();
    const { root } = api;
    api.root = "phi-3-mini";
    api.script(stream(["First."]));
    const page = await openPage();
    await promptOf(page).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByText("stand-in").count()).toBe(0);
    api.root = root;
    await sendPrompt(page, "hello");
    await sees(page, "SmolLM2-135M-Instruct, a tiny local stand-in for Phi-3 mini");
  });

  test("shows earlier responses, and a sample prompt fills the field without sending it", async () => {
    const { api, openPage } = stage();
    api.script(stream(["First."]), stream(["Second."]));
    const page = await openPage();
    await page.getByRole("button", { name: "Explain what a load balancer does" }).click();
    expect(await promptOf(page).inputValue()).toBe("Explain what a load balancer does");
    expect(api.seen).toHaveLength(0);
    await page.keyboard.press("Enter");
    await status(page, /^Done/);
    await sendPrompt(page, "Another");
    await sees(page, "Second.");
    const history = page.getByRole("region", { name: "Earlier in this visit" });
    await history.getByText("Explain what a load balancer does").click();
    await history.getByText("First.").waitFor();
  });

  test.each(["button", "Escape"])("stops by %s, shows the text so far and closes the connection", async (by) => {
    const { api, openPage } = stage();
    api.script(stream(WORDS, new Promise(() => undefined)), stream(["Next."]));
    const page = await openPage();
    await sendPrompt(page);
    await sees(page, /pears/);
    if (by === "button") await page.getByRole("button", { name: "Stop" }).click();
    else await page.keyboard.press("Escape");
    await status(page, "Stopped. The text so far stays.");
    await api.seen[0]?.closed;
    expect(await responseTextOf(page).textContent()).toBe("Apples,\npears ");
    await sendPrompt(page);
    await sees(page, "Next.");
  });
});
