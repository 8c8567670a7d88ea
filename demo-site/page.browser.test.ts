import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  describePage,
  focusedId,
  formReady,
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
/** Compressed script of the page, in bytes. */
const MAX_SCRIPT = 60_000;
const RESPONSE_TEXT = WORDS.join("");

describePage("the demo page in Chromium", (stage) => {
  // documented: landing-script
  test("is small, has hashed names and no inline code", async () => {
    const { files, folder } = stage();
    const own = files.filter(({ path }) => !/^(docs|assets\/(docs|minisearch)-)/.test(path));
    expect(own.map((file) => file.path.replace(/-[\w-]{8}\./, "-HASH.")).sort()).toEqual([
      "assets/index-HASH.css",
      "assets/index-HASH.js",
      "favicon.svg",
      "index.html",
    ]);
    const scripts = own.filter(({ path }) => path.endsWith(".js"));
    expect(scripts.reduce((sum, file) => sum + file.gzipBytes, 0)).toBeLessThan(MAX_SCRIPT);
    const html = await readFile(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
  });

  // documented: landing-without-script
  test("is read without its script: what there is, and code for each language and coding agent", async () => {
    const page = await stage().openPage({ javaScriptEnabled: false });
    expect(await page.getByRole("heading", { name: "What this service offers" }).isVisible()).toBe(true);
    for (const name of ["curl", "Python", "Node.js", "Go", "Claude Code", "Codex CLI"]) {
      const code = page.getByRole("region", { name: `Code for ${name}` });
      expect(await code.isVisible(), name).toBe(true);
      expect(await code.textContent()).toContain("https://api.example.com");
    }
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  });

  // documented: landing-layout-shift
  test.each([
    [1350, 940],
    [412, 823],
  ])(
    "moves nothing when the configuration comes late, and its form is used once it is there: %i × %i pixels",
    async (width, height) => {
      const { api, site, openPage } = stage();
      const config = Promise.withResolvers<void>();
      const page = await openPage({ viewport: { width, height } });
      await page.route(`${site.origin}/config.json`, async (route) => {
        await config.promise;
        await route.continue();
      });
      // A laptop alone says which local model responds in place of the requested one, once the API has named it.
      await page.route(`${api.origin}/v1/models`, (route) => route.fulfill({ json: { object: "list", data: [] } }));
      await page.addInitScript(`globalThis.shifts = [];
      new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value, sources }) =>
        value + ": " + sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.data).join(" ")))).observe({ type: "layout-shift", buffered: true })`);
      await page.reload();
      await promptOf(page).waitFor();
      expect(await promptOf(page).isDisabled()).toBe(true);
      expect(await page.getByText(api.origin).count()).toBe(0);
      config.resolve();
      await page.getByText("Requests without a key from one address").waitFor();
      expect(await promptOf(page).isEnabled()).toBe(true);
      expect(await page.getByRole("region", { name: "Code for curl" }).textContent()).toContain(api.origin);
      expect(await page.evaluate("shifts")).toEqual([]);
    },
  );

  test("streams the response to a typed prompt, with the keyboard alone", async () => {
    const { api, openPage } = stage();
    const { promise: rest, resolve: release } = Promise.withResolvers<void>();
    api.script(stream(WORDS, rest));
    const page = await openPage();
    await formReady(page);
    // Past the links of the header.
    for (let stops = 0; stops < 4; stops += 1) await page.keyboard.press("Tab");
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
    await formReady(page);
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

  // documented: landing-offer
  test("says which models there are, what they cost and what applies without a key, and where the documentation is", async () => {
    const page = await stage().openPage();
    const rows = page.getByRole("table").getByRole("row");
    await rows.filter({ hasText: "Llama 70B" }).filter({ hasText: "8,192 tokens" }).waitFor();
    expect(await rows.first().textContent()).not.toContain("Price");
    await page.getByText("Requests without a key from one address: 60 a minute.").waitFor();
    const reference = page.getByRole("link", { name: "API reference" });
    expect(await reference.getAttribute("href")).toBe(`${stage().api.origin}/reference`);
    expect(await page.getByRole("link", { name: "Console" }).count()).toBe(0);

    const { config } = stage();
    if (config === undefined) return expect.fail("no configuration");
    const [first, ...others] = config.models;
    const price = { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6 };
    stage().config = {
      ...config,
      auth: "required",
      models: first === undefined ? others : [{ ...first, price }, ...others],
      console: { people: true },
    };
    await page.reload();
    await page.getByRole("row", { name: /Phi-3 mini.*\$0\.15 of prompt, \$0\.60 of response/ }).waitFor();
    await page.getByText("Requests need an API key").waitFor();
    expect(await page.getByRole("link", { name: "Sign up" }).getAttribute("href")).toBe("/signup");

    // Once the API says what is charged now, that is shown.
    stage().api.price = { input_usd_per_million: 0.3, output_usd_per_million: 1.2 };
    stage().config = { ...config, auth: "optional" };
    await page.reload();
    await page.getByRole("row", { name: /Phi-3 mini.*\$0\.30 of prompt, \$1\.20 of response/ }).waitFor();
  });

  // documented: landing-quick-start
  test("has code and settings of coding agents with this API's address and the chosen model, to copy", async () => {
    const { api, openPage } = stage();
    const page = await openPage({ permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByLabel("Model", { exact: true }).selectOption("llama-70b");
    for (const [name, address] of [
      ["curl", `${api.origin}/v1/chat/completions`],
      ["Python", `${api.origin}/v1`],
      ["Node.js", `${api.origin}/v1`],
      ["Go", `${api.origin}/v1`],
      ["Claude Code", `ANTHROPIC_BASE_URL=${api.origin}\n`],
      ["Codex CLI", `base_url = "${api.origin}/v1"`],
    ] as const) {
      await page.getByRole("button", { name, exact: true }).click();
      const code = page.getByRole("region", { name: `Code for ${name}` });
      await page.getByRole("button", { name: `Copy for ${name}` }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const copied = await page.evaluate("navigator.clipboard.readText()");
      expect(copied).toBe(await code.textContent());
      expect(copied).toContain(address);
      expect(copied).toContain("llama-70b");
    }
  });
});
