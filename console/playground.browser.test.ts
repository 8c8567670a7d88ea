import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { errorBody } from "../contracts/api/errors.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { type ConsoleStage, describeConsole, personSession, signInWithKey } from "./test/console-stage.ts";
import { streamChatTo } from "./test/scripted-chat.ts";

/** The playground for an administrator with a key for models. */
async function opened({ control, open }: ConsoleStage, path = "/keys"): Promise<Page> {
  control.projects.push({ id: "proj_1", name: "search" });
  control.accepted.add("sk-sl-test");
  const page = await open(path);
  await signInWithKey(page);
  if (path === "/keys") await page.getByRole("link", { name: "Playground" }).click();
  await page.getByLabel("API key for models").fill("sk-sl-test");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
  return page;
}

async function send(page: Page, prompt: string): Promise<void> {
  await page.getByLabel("Prompt", { exact: true }).fill(prompt);
  await page.keyboard.press("Enter");
}

const bodies = ({ control }: ConsoleStage) =>
  control.seen.filter(({ url }) => url === "/v1/chat/completions").map(({ body }) => body);

describeConsole("the playground", {}, (stage) => {
  test("shows what an answer costs by the price that the API says", async () => {
    const { control } = stage();
    control.prices.set("qwen-3", { input_usd_per_million: 1000, output_usd_per_million: 100_000 });
    control.chat = (_, response) => streamChatTo(response, { pieces: ["Yes."] });
    const page = await opened(stage());
    const cost = page.getByRole("definition").filter({ hasText: "$" });
    await send(page, "of a model without a price");
    await page.getByRole("button", { name: "Edit prompt 1" }).waitFor();
    expect(await cost.count()).toBe(0);
    await page.getByRole("combobox", { name: "Model 1" }).selectOption("qwen-3");
    await send(page, "of a model with one");
    // 12 tokens of prompt and 34 of completion.
    await expect.poll(() => cost.allTextContents()).toEqual(["$3.41"]);
  });

  // documented: playground-edit
  test("takes a prompt back to be changed in every pane, and saves the conversations without a key", async () => {
    const { control } = stage();
    const page = await opened(stage());
    control.chat = (_, response) => streamChatTo(response, { pieces: ["Yes."] });
    await page.getByRole("button", { name: "Add a model" }).click();
    for (const prompt of ["first", "secnd"]) {
      await send(page, prompt);
      await page
        .getByRole("button", { name: /^Edit prompt/ })
        .nth(prompt === "first" ? 1 : 3)
        .waitFor();
    }
    await page.getByRole("button", { name: "Edit prompt 2" }).first().click();
    expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("secnd");
    expect(await page.locator(".turn").count()).toBe(2);
    await send(page, "second");
    await page
      .getByRole("button", { name: /^Edit prompt/ })
      .nth(3)
      .waitFor();
    const sent = ["first", "Yes.", "second"];
    for (const body of bodies(stage()).slice(-2))
      expect(body).toMatchObject({ messages: sent.map((content) => ({ content })) });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save JSON" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    expect(JSON.parse(text).conversations).toEqual([
      expect.objectContaining({
        model: "phi-3-mini",
        messages: [...sent, "Yes."].map((content) => expect.objectContaining({ content })),
      }),
      expect.objectContaining({ model: "qwen-3" }),
    ]);
    expect(text).not.toContain("sk-sl");
  });

  // documented: console-playground
  test("streams an answer with system prompt and parameters, thoughts apart, and shows its figures", async () => {
    const { control } = stage();
    const page = await opened(stage());
    control.chat = (_, response) =>
      streamChatTo(response, {
        thoughts: ["Let me ", "see."],
        pieces: ["# Hello\n\n", "**Ada**, ", "`1 + 1`"],
        gapMs: 20,
        headers: {
          "x-sluice-target": "pool-a",
          "x-sluice-cache": "miss",
          "x-ratelimit-limit-tokens": "1000",
          "x-ratelimit-remaining-tokens": "50",
        },
      });
    await page.getByText("Settings").click();
    await page.getByLabel("System prompt").fill("Be brief.");
    await page.getByLabel("Temperature").fill("0.5");
    await page.getByLabel("Most tokens of an answer").fill("100");
    await send(page, "Hi there");
    await page.getByText("Done", { exact: true }).waitFor();
    expect(bodies(stage())).toEqual([
      {
        model: "phi-3-mini",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hi there" },
        ],
        temperature: 0.5,
        max_tokens: 100,
        stream: true,
        stream_options: { include_usage: true },
      },
    ]);
    await page.getByRole("heading", { name: "Hello" }).waitFor();
    expect(await page.locator(".answer strong").textContent()).toBe("Ada");
    expect(await page.locator(".thinking p").textContent()).toBe("Let me see.");
    const figures = await page.locator(".figures div").allTextContents();
    expect(figures.filter((text) => !/^(First token|Time|Tokens per second)[\d.,]+( ms)?$/.test(text))).toEqual([
      "Answer tokens34",
      "Prompt tokens12",
      "Of these cached8",
      "Targetpool-a",
      "Response cachemiss",
      "Requestreq-chat",
    ]);
    expect(figures).toHaveLength(9);
    await page.getByText("95% of a limit is used.").waitFor();
    await page.getByRole("status").getByText("phi-3-mini has finished.").waitFor();
    // The next request has the conversation.
    await send(page, "And now?");
    await eventually(() => expect(bodies(stage())).toHaveLength(2));
    expect(bodies(stage())[1]).toMatchObject({
      messages: [
        { role: "system" },
        { role: "user", content: "Hi there" },
        { role: "assistant", content: "# Hello\n\n**Ada**, `1 + 1`" },
        { role: "user", content: "And now?" },
      ],
    });
  });

  test("a stop ends the request at the service and keeps what came", async () => {
    const { control } = stage();
    const page = await opened(stage());
    let isClosed = false;
    control.chat = (_, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      return streamChatTo(response, { pieces: ["Half of"], isOpen: true });
    };
    await send(page, "Hi");
    await page.getByText("Answering", { exact: true }).waitFor();
    await page.getByText("Half of").waitFor();
    expect(isClosed).toBe(false);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).waitFor();
    await page.getByText("Half of").waitFor();
    await eventually(() => expect(isClosed).toBe(true));
  });

  test("sends one prompt to four models side by side, and a model that fails says why beside the others", async () => {
    const { control } = stage();
    const page = await opened(stage());
    control.chat = ({ body }, response) => {
      const { model } = body as { readonly model: string };
      if (model !== "qwen-3") return streamChatTo(response, { pieces: [`I am ${model}.`] });
      response
        .writeHead(429, { "content-type": "application/json" })
        .end(JSON.stringify(errorBody("rate_limit_exceeded", {})));
    };
    for (let panes = 1; panes < 4; panes += 1) await page.getByRole("button", { name: "Add a model" }).click();
    expect(await page.getByRole("button", { name: "Add a model" }).count()).toBe(0);
    await send(page, "Who are you?");
    for (const number of [1, 3, 4]) {
      const pane = page.getByRole("article", { name: `Model ${number}` });
      await pane.getByText("Done", { exact: true }).waitFor();
    }
    await page.getByRole("article", { name: "Model 2" }).getByText("Failed", { exact: true }).waitFor();
    expect(await page.getByRole("article", { name: "Model 2" }).locator(".problem").textContent()).not.toBe("");
    await page.getByText("I am llama-4.").waitFor();
    expect(bodies(stage())).toHaveLength(4);
    await page.getByRole("button", { name: "Remove model 4" }).click();
    expect(await page.getByRole("article").count()).toBe(3);
  });

  // documented: console-prompt-limit
  test("a prompt that is longer than the limit, and a parameter out of its bounds, are not sent", async () => {
    const page = await opened(stage());
    stage().control.chat = (_, response) => streamChatTo(response, { pieces: ["Yes"] });
    await page.getByText("Settings").click();
    await page.getByLabel("Longest prompt in characters").fill("10");
    await page.getByLabel("Temperature").fill("3");
    await page.getByText("Enter a number from 0 to 2, or nothing.").waitFor();
    await send(page, "12345678901");
    await page.getByText("11 characters with the system prompt; at most 10 are sent.").waitFor();
    await send(page, "1234567890");
    await page.getByText("Done", { exact: true }).waitFor();
    expect(bodies(stage())).toEqual([expect.objectContaining({ messages: [{ role: "user", content: "1234567890" }] })]);
    expect(bodies(stage())[0]).not.toHaveProperty("temperature");
  });

  // documented: console-playground-link
  test("a link brings models, settings and prompt to somebody else past the sign-in, and neither a key nor the state goes to a server", async () => {
    const page = await opened(stage());
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByText("Settings").click();
    await page.getByLabel("System prompt").fill("Réponds en français. 🙂");
    await page.getByLabel("Seed").fill("7");
    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByLabel("Prompt", { exact: true }).fill("Où?");
    await page.getByRole("combobox", { name: "Model 2" }).selectOption("llama-4");
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const link = new URL(String(await page.evaluate("navigator.clipboard.readText()")));
    expect(link.href).not.toContain("sk-");
    const requested: string[] = [];
    const other = await stage().open("/keys");
    other.on("request", (request) => requested.push(request.url()));
    await other.goto("about:blank");
    await other.goto(link.href);
    await signInWithKey(other);
    await other.getByRole("heading", { name: "Playground" }).waitFor();
    expect(await other.getByLabel("Prompt", { exact: true }).inputValue()).toBe("Où?");
    await other.getByText("Settings").click();
    expect(await other.getByLabel("System prompt").inputValue()).toBe("Réponds en français. 🙂");
    expect(await other.getByLabel("Seed").inputValue()).toBe("7");
    await other.getByLabel("API key for models").fill("sk-sl-test");
    await other.keyboard.press("Enter");
    await other.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    const models = ["Model 1", "Model 2"].map((name) => other.getByRole("combobox", { name }).inputValue());
    expect(await Promise.all(models)).toEqual(["phi-3-mini", "llama-4"]);
    const state = link.hash.slice(link.hash.indexOf("=") + 1);
    expect(state.length).toBeGreaterThan(100);
    expect(requested.filter((url) => url.replace(link.hash, "").includes(state))).toEqual([]);
  });

  test("shows the request as code in four languages, without the key", async () => {
    const page = await opened(stage());
    await page.getByLabel("Prompt", { exact: true }).fill("It's 5 o'clock");
    await page.getByRole("button", { name: "Show code" }).click();
    const dialog = page.getByRole("dialog", { name: "This request as code" });
    for (const [language, text] of [
      ["curl", "It'\\''s 5 o'\\''clock"],
      ["Python", "from openai import OpenAI"],
      ["Node.js", 'import OpenAI from "openai";'],
      ["Go", `openai.UserMessage("It's 5 o'clock")`],
    ] as const) {
      await dialog.getByLabel("Language").selectOption(language);
      const code = (await dialog.locator(".snippet").textContent()) ?? "";
      expect(code).toContain(text);
      expect(code).toContain(stage().control.origin);
      expect(code).not.toContain("sk-");
    }
  });

  test("conversations and the key are gone with the sign-out", async () => {
    const { control } = stage();
    const page = await opened(stage());
    control.chat = (_, response) => streamChatTo(response, { pieces: ["A secret."] });
    await send(page, "Hi");
    await page.getByText("A secret.").waitFor();
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signInWithKey(page);
    await page.getByRole("link", { name: "Playground" }).click();
    expect(await page.getByLabel("API key for models").inputValue()).toBe("");
    expect(await page.getByText("A secret.").count()).toBe(0);
  });
});

describeConsole("the playground of a person", { people: true }, (stage) => {
  test("uses the key of the person's project without a further key", async () => {
    const { control, open } = stage();
    stage().session = () => ({
      status: 200,
      body: personSession([{ id: "proj_1", name: "search", role: "member" }], "sk-admin-test"),
    });
    control.accepted.add("sk-sl-person");
    control.chat = (_, response) => streamChatTo(response, { pieces: ["Hello Ada"] });
    const page = await open("/keys");
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    expect(await page.getByLabel("API key for models").count()).toBe(0);
    await send(page, "Hi");
    await page.getByText("Hello Ada").waitFor();
    const call = control.seen.find(({ url }) => url === "/v1/chat/completions");
    expect(call?.authorization).toBe("Bearer sk-sl-person");
  });
});
