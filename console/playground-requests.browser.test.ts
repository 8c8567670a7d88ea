import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { type ConsoleStage, describeConsole, findNothing, hardCoded, withPreferences } from "./test/console-stage.ts";
import { chatBodies, openPlayground, sendPrompt } from "./test/open-playground.ts";
import { streamChatTo } from "./test/scripted-chat.ts";

/** One pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const CALL = { id: "call_1", name: "weather", pieces: ['{"ci', 'ty":"Bonn"}'] };

/** Opens the settings and the editor of tools or of the form of the answer. */
async function openEditor(page: Page, name: RegExp): Promise<void> {
  await page.getByText("Settings", { exact: true }).click();
  await page.locator("summary", { hasText: name }).click();
}

async function addTool(page: Page): Promise<void> {
  await openEditor(page, /^Tools/);
  await page.getByRole("button", { name: "Add a tool" }).click();
  await page.getByLabel("Name", { exact: true }).fill("weather");
  await page.getByLabel("What it does").fill("Weather of a city");
  await page.getByLabel("Parameters as JSON schema").fill('{"type":"object","properties":{"city":{"type":"string"}}}');
}

const calling = ({ control }: ConsoleStage) => {
  control.chat = ({ body }, response) => {
    const { messages } = body as { readonly messages: readonly { readonly role: string }[] };
    const isAnswered = messages.at(-1)?.role === "tool";
    return streamChatTo(response, isAnswered ? { pieces: ["It is dry."] } : { pieces: [], calls: [CALL] });
  };
};

describeConsole("a request of the playground", {}, (stage) => {
  // documented: playground-reasoning
  test("offers how much a model reasons where one can be told, and sends it to that one alone", async () => {
    const { control } = stage();
    control.reasoning.add("qwen-3");
    control.chat = (_, response) => streamChatTo(response, { pieces: ["So."] });
    const page = await openPlayground(stage());
    await page.getByText("Settings", { exact: true }).click();
    await page.getByLabel("Temperature").waitFor();
    expect(await page.getByLabel("Reasoning").count()).toBe(0);
    await page.locator(".add-pane").click();
    await page.getByRole("combobox", { name: "Model 2" }).selectOption("qwen-3");
    await page.getByText("phi-3-mini can't be told how much to reason: nothing is sent there.").waitFor();
    await page.getByLabel("Reasoning").selectOption("Much");
    await sendPrompt(page, "Why?");
    await page.getByText("So.").nth(1).waitFor();
    const effortOf = (model: string) => chatBodies(stage()).find((body) => (body as { model: string }).model === model);
    expect(effortOf("qwen-3")).toMatchObject({ reasoning_effort: "high" });
    expect(effortOf("phi-3-mini")).not.toHaveProperty("reasoning_effort");
  });

  // documented: playground-tools
  test("has tools by a form, shows the model's call, and goes on with the result that the person enters", async () => {
    const page = await openPlayground(stage());
    calling(stage());
    await addTool(page);
    await page.getByLabel("The model").selectOption("required");
    await sendPrompt(page, "Weather in Bonn?");
    await page.getByLabel("Result of weather").fill("dry");
    expect(await page.locator(".call-arguments").textContent()).toBe('{\n  "city": "Bonn"\n}');
    await page.getByRole("button", { name: "Send the result" }).click();
    await page.getByText("It is dry.").waitFor();
    const tool = {
      type: "function",
      function: {
        name: "weather",
        description: "Weather of a city",
        parameters: { type: "object", properties: { city: { type: "string" } } },
      },
    };
    const requested = { role: "user", content: "Weather in Bonn?" };
    const call = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Bonn"}' } };
    expect(chatBodies(stage())).toMatchObject([
      { tools: [tool], tool_choice: "required", messages: [requested] },
      {
        tools: [tool],
        messages: [
          requested,
          { role: "assistant", content: null, tool_calls: [call] },
          { role: "tool", tool_call_id: "call_1", content: "dry" },
        ],
      },
    ]);
  });

  test("has tools and a schema by raw JSON; what is wrong says so and is not sent", async () => {
    const page = await openPlayground(stage());
    stage().control.chat = (_, response) => streamChatTo(response, { pieces: ['{"answer":"yes"}'] });
    await openEditor(page, /^Tools/);
    await page.getByLabel("Edit as").selectOption("json");
    const json = page.getByLabel("Tools as JSON");
    await json.fill('[{"type":"function","function":{"name":"two words"}}]');
    await page
      .getByText('tools.0.function.name must be 1 to 64 of letters, digits, _ and -, got "two words".')
      .waitFor();
    await json.fill('[{"type":"function","function":{"name":"look"}}]');
    await page.locator("summary", { hasText: /^Form of the answer/ }).click();
    await page.getByLabel("The answer is").selectOption("json_schema");
    await page.getByLabel("JSON schema", { exact: true }).fill('{"type":');
    await page.getByText("Not taken over:").waitFor();
    await page.getByLabel("JSON schema", { exact: true }).fill('{"type":"object"}');
    await sendPrompt(page, "Well?");
    await page.getByText("Done", { exact: true }).waitFor();
    expect(chatBodies(stage())).toMatchObject([
      {
        tools: [{ type: "function", function: { name: "look" } }],
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", strict: true, schema: { type: "object" } },
        },
      },
    ]);
  });

  // documented: playground-capabilities
  test("has only what the chosen models can: tools, schemas, and no more tokens than their context", async () => {
    const { control } = stage();
    control.plain.add("qwen-3");
    control.chat = (_, response) => streamChatTo(response, { pieces: ["Dry."] });
    const page = await openPlayground(stage());
    await addTool(page);
    await page.locator("summary", { hasText: /^Form of the answer/ }).click();
    await page.getByLabel("The answer is").selectOption("json_schema");
    await page.getByLabel("Most tokens of an answer").fill("8000");
    await page.getByRole("combobox", { name: "Model 1" }).selectOption("qwen-3");
    await page.getByText("qwen-3 can't call tools: none are sent there.").waitFor();
    await page.getByText("qwen-3 can't follow a schema: none is sent there.").waitFor();
    expect(await page.getByRole("button", { name: "Add a tool" }).count()).toBe(0);
    await page.getByText("Enter a number from 1 to 4,096, or nothing.").waitFor();
    await sendPrompt(page, "Weather?");
    await page.getByText("Dry.").waitFor();
    await page.getByRole("combobox", { name: "Model 1" }).selectOption("phi-3-mini");
    await sendPrompt(page, "And now?");
    await page.getByText("Dry.").nth(1).waitFor();
    const [plain, other] = chatBodies(stage());
    expect(plain).toMatchObject({ model: "qwen-3", max_tokens: 4096 });
    expect(plain).not.toHaveProperty("tools");
    expect(plain).not.toHaveProperty("response_format");
    expect(other).toMatchObject({
      ...{ model: "phi-3-mini", max_tokens: 8000, tools: { length: 1 } },
      response_format: { type: "json_schema" },
    });
  });

  // documented: playground-images
  test("has pictures for models that read them, and is not sent where one of them does not", async () => {
    const { control } = stage();
    control.seeing.add("phi-3-mini");
    const page = await openPlayground(stage());
    control.chat = (_, response) => streamChatTo(response, { pieces: ["A dot."] });
    await page.getByRole("button", { name: "Add pictures" }).waitFor();
    await page.locator("input[data-kind=images]").setInputFiles([
      { name: "dot.png", mimeType: "image/png", buffer: PNG },
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("x") },
    ]);
    await page.getByRole("img", { name: "dot.png" }).waitFor();
    await page.getByText("One file was left out").waitFor();
    await page.getByRole("combobox", { name: "Model 1" }).selectOption("qwen-3");
    await page.getByText("qwen-3 can't read pictures.").waitFor();
    await page.getByLabel("Prompt", { exact: true }).press("Enter");
    expect(await page.getByRole("button", { name: "Send" }).getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("combobox", { name: "Model 1" }).selectOption("phi-3-mini");
    await sendPrompt(page, "What is it?");
    await page.getByText("A dot.").waitFor();
    expect(chatBodies(stage())).toMatchObject([
      {
        messages: [
          {
            content: [
              { type: "text", text: "What is it?" },
              { type: "image_url", image_url: { url: `data:image/png;base64,${PNG.toString("base64")}` } },
            ],
          },
        ],
      },
    ]);
    await page.getByRole("button", { name: "Show code" }).click();
    await page.locator(".dialog .snippet", { hasText: "image_url" }).waitFor();
  });

  // documented: playground-branches
  test("leaves the old branch when a prompt is edited, in every pane, and switches between them", async () => {
    const page = await openPlayground(stage());
    stage().control.chat = ({ body }, response) => {
      const { messages } = body as { readonly messages: readonly { readonly content: string }[] };
      return streamChatTo(response, { pieces: [`Re: ${messages.map(({ content }) => content).join(" | ")}`] });
    };
    await page.getByRole("button", { name: "Add a model" }).click();
    const responses = () => page.locator(".answer").allTextContents();
    const send = async (prompt: string) => {
      await sendPrompt(page, prompt);
      await eventually(async () => expect((await responses()).filter((text) => text.endsWith(prompt))).toHaveLength(2));
      await page
        .getByRole("button", { name: /^Edit prompt/ })
        .first()
        .waitFor();
    };
    await send("one");
    await send("two");
    await page.getByRole("button", { name: "Edit prompt 1" }).first().click();
    await page.getByRole("button", { name: "Back to the later answers" }).first().click();
    expect(await page.locator(".turn").count()).toBe(4);
    await page.getByRole("button", { name: "Edit prompt 1" }).first().click();
    await send("uno");
    expect(await responses()).toEqual(["Re: uno", "Re: uno"]);
    await page.getByText("2 of 2").first().waitFor();
    await page.getByRole("button", { name: "Show the branch before" }).nth(1).click();
    const first = ["Re: one", "Re: one | Re: one | two"];
    expect(await responses()).toEqual([...first, ...first]);
    await send("three");
    expect(chatBodies(stage()).at(-1)).toMatchObject({ messages: { length: 5 } });
  });

  // documented: playground-open
  test("goes on from a saved file with its branches and calls, and a wrong file says what is wrong", async () => {
    const page = await openPlayground(stage());
    calling(stage());
    await addTool(page);
    await sendPrompt(page, "Weather in Bonn?");
    await page.getByLabel("Result of weather").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save JSON" }).click(),
    ]);
    const saved = await readFile(await download.path());
    await page.getByRole("button", { name: "Clear" }).click();
    const input = page.locator("input[data-kind=file]");
    const opens = (content: Buffer) =>
      input.setInputFiles({ name: "conversations.json", mimeType: "application/json", buffer: content });
    const problems = [
      ["{", /The file must be JSON/],
      ['{"version":3}', /version must be 1 or 2; open it with the release that saved it, got 3\./],
      ['{"version":2,"conversations":[{"model":1}]}', /conversations\.0\.model must be a text, got 1\./],
      [
        saved.toString().replace('"after": null', '"after": 7'),
        /conversations\.0\.turns\.0\.after must be null or the place/,
      ],
    ] as const;
    for (const [content, problem] of problems) {
      await opens(Buffer.from(content));
      await page.getByRole("alert").getByText(problem).waitFor();
    }
    await opens(saved);
    await page.getByLabel("Result of weather").fill("dry");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.getByRole("button", { name: "Send the result" }).click();
    await page.getByText("It is dry.").waitFor();
    expect(chatBodies(stage()).at(-1)).toMatchObject({ messages: { length: 3 }, tools: { length: 1 } });
  });

  describe.each(["dark", "light"])("in %s", (theme) => {
    test.each([
      [320, "de"],
      [1440, "en-XA"],
    ])("is for everyone at %i pixels in %s, with tools, calls, pictures and branches", async (width, locale) => {
      const { control } = stage();
      control.seeing.add("phi-3-mini");
      calling(stage());
      const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
      const page = await openPlayground(stage(), { viewport: { width, height: 800 } }, preferences);
      await page.locator(".playground-settings > summary").click();
      for (const index of [0, 1]) await page.locator(".playground-settings details summary").nth(index).click();
      await page.locator("#tools-view").waitFor();
      await page.locator(".playground-settings details .actions .button").first().click();
      await page.locator("#tool-0-name").fill("two words");
      await page.locator("#format-kind").selectOption("json_schema");
      await page
        .locator("input[data-kind=images]")
        .setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: PNG });
      await page.locator(".prompt-images img").waitFor();
      await page.locator("#prompt").fill("Weather?");
      await page.locator("#prompt").press("Enter");
      await page.locator(".tool-call textarea").waitFor();
      await page.locator(".turn-actions button").first().click();
      await page.locator("#prompt").press("Enter");
      await page.locator(".tool-call textarea").waitFor();
      await page.locator(".turn-actions button").nth(2).waitFor();
      await findNothing(page);
      if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
    });
  });
});
