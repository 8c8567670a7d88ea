import { expect, test } from "vitest";
import { describeConsole, signInWithKey } from "./test/console-stage.ts";
import { openPlayground, sendPrompt } from "./test/open-playground.ts";
import { streamChatTo } from "./test/scripted-chat.ts";

const ADDRESSES = [
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "java\tscript:alert(1)",
  "&#106;avascript:alert(1)",
  "vbscript:x",
  "data:text/html,<script>alert(1)</script>",
  "data:image/svg+xml,<svg onload=alert(1)>",
  "blob:https://x.test/1",
  "file:///etc/passwd",
  "https://remote.test/pixel.png?q=secret",
  "//remote.test/pixel.png",
  "/keys?new=true",
  'https://remote.test/" onmouseover="alert(1)',
];
const SHAPES: readonly ((address: string) => string)[] = [
  (address) => `[click](${address})`,
  (address) => `![picture](${address})`,
  (address) => `[![both](${address})](${address})`,
  (address) => `<${address}>`,
  (address) => `[ref]: ${address}\n\n[ref]`,
  (address) => `<a href="${address}">a</a>`,
  (address) => `<img src="${address}" onerror="alert(1)">`,
  (address) => `<iframe src="${address}"></iframe>`,
  (address) => `<svg><use href="${address}"/></svg>`,
  (address) => `<form action="${address}"><button>Send</button></form>`,
  (address) => `<meta http-equiv="refresh" content="0;url=${address}">`,
  (address) => `<link rel="stylesheet" href="${address}">`,
  (address) => `<style>@import "${address}"</style>`,
  (address) => `| a |\n|---|\n| ![x](${address}) |`,
  (address) => `- > ![x](${address}\n  - [x](${address}`,
  (address) => `**[x](${address})** ~~![x](${address})`,
  (address) => `# ![x](${address})`,
  (address) => `\`\`\`html\n<script src="${address}"></script>`,
];
const FIXED = [
  "<script>alert(1)</script>",
  "<script>alert(1)",
  "<img src=x onerror=alert(1)//",
  "<details open ontoggle=alert(1)>",
  "<body onload=alert(1)>",
  "</div></main><script>alert(1)</script>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "<template><script>alert(1)</script></template>",
  "{{constructor.constructor('alert(1)')()}}",
  "\u202e<script>\u0000alert(1)",
  "```",
  "``",
  "**",
  "[",
  "![",
  "[a](",
  "|",
  "| a |\n|---|",
  ">".repeat(500),
  "- ".repeat(500),
  "*".repeat(5_000),
  "[".repeat(5_000),
  "`".repeat(5_000),
  "#".repeat(5_000),
];
const PREFIXES = ["", "text ", "> ", "1. "];

/** Each shape with each address, and fixed answers in four places. */
const RESPONSES = [
  ...ADDRESSES.flatMap((address) => SHAPES.map((shape) => shape(address))),
  ...PREFIXES.flatMap((prefix) => FIXED.map((text) => `${prefix}${text}`)),
  ...PREFIXES.slice(1).flatMap((prefix) =>
    ADDRESSES.flatMap((address) => SHAPES.slice(0, 5).map((shape) => `${prefix}${shape(address)}`)),
  ),
];

const opensCode = (text: string) => text.includes("```");

/** Run in the page: elements and addresses that an answer must not have. */
const FORBIDDEN = `[...document.querySelectorAll(".answer *")].flatMap((element) => {
  const isKnown = /^(P|H3|UL|OL|LI|BLOCKQUOTE|TABLE|THEAD|TBODY|TR|TH|TD|HR|PRE|CODE|STRONG|EM|DEL|A|DIV|SPAN|BUTTON)$/.test(element.tagName);
  const isLink = element.tagName !== "A" || (/^(https?:|mailto:)/.test(element.href) && element.rel.includes("noopener"));
  const isPlain = element.getAttributeNames().every((name) => /^(class|href|target|rel|type|start)$/.test(name));
  return isKnown && isLink && isPlain ? [] : [element.outerHTML.slice(0, 200)];
})`;

/** Run in the page: elements of tool calls and of their fields that no call may bring. */
const FORBIDDEN_CALLS = `[...document.querySelectorAll(".tool-calls *")].flatMap((element) => {
  const isKnown = /^(P|DIV|STRONG|PRE|CODE|LABEL|TEXTAREA|BUTTON|SPAN)$/.test(element.tagName);
  const isPlain = element.getAttributeNames().every((name) => /^(class|id|for|rows|spellcheck|translate|type|aria-disabled)$/.test(name));
  return isKnown && isPlain ? [] : [element.outerHTML.slice(0, 200)];
})`;

describeConsole("an answer in the playground", {}, (stage) => {
  // documented: console-hostile-responses
  test("does nothing when it is hostile: no script, no foreign element, no request, and the page stays where it is", async () => {
    expect(new Set(RESPONSES).size).toBeGreaterThanOrEqual(500);
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.accepted.add("sk-sl-test");
    const page = await open("/keys");
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("dialog", (dialog) => requested.push(`dialog ${dialog.message()}`));
    await signInWithKey(page);
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByLabel("API key for models").fill("sk-sl-test");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    const prompt = page.getByLabel("Prompt", { exact: true });
    // What opens a block of code hides all after it, so it comes alone.
    const [alone, together] = [RESPONSES.filter(opensCode), RESPONSES.filter((text) => !opensCode(text))];
    const batches = Array.from({ length: Math.ceil(together.length / 60) }, (_, index) =>
      together.slice(index * 60, (index + 1) * 60).join("\n\n"),
    );
    for (const [index, text] of [...alone, ...batches].entries()) {
      control.chat = (_, response) => streamChatTo(response, { pieces: text.match(/[\s\S]{1,200}/g) ?? [] });
      await prompt.fill("x");
      await prompt.press("Enter");
      await page.locator('.turn[data-phase="done"]').nth(index).waitFor();
    }
    expect(await page.locator(".answer").count()).toBe(alone.length + batches.length);
    expect(await page.evaluate(FORBIDDEN)).toEqual([]);
    // Links that may be opened are there, so the check above has seen some.
    expect(await page.locator('.answer a[href^="https://remote.test/"]').count()).toBeGreaterThan(20);
    const origins = [stage().site.origin, control.origin];
    expect(requested.filter((url) => !origins.includes(URL.canParse(url) ? new URL(url).origin : url))).toEqual([]);
    expect(new URL(page.url()).pathname).toBe("/playground");
  }, 300_000);

  // documented: console-hostile-calls
  test("is text where it is the name or the arguments of a tool call, whatever it has", async () => {
    const { control } = stage();
    const page = await openPlayground(stage());
    const requested: string[] = [];
    page.on("request", (request) => requested.push(new URL(request.url()).origin));
    page.on("dialog", (dialog) => requested.push(`dialog ${dialog.message()}`));
    // A response has at most 128 calls.
    const batches = Array.from({ length: Math.ceil(RESPONSES.length / 100) }, (_, index) =>
      RESPONSES.slice(index * 100, (index + 1) * 100),
    );
    for (const [index, texts] of batches.entries()) {
      const calls = texts.map((text) => ({ id: text, name: text, pieces: text.match(/[\s\S]{1,200}/g) ?? [] }));
      control.chat = (_, response) => streamChatTo(response, { pieces: [], calls });
      await sendPrompt(page, "x");
      await page.locator('.turn[data-phase="done"]').nth(index).waitFor();
    }
    await page
      .locator(".call-arguments")
      .nth(RESPONSES.length - 1)
      .waitFor({ state: "attached" });
    const shown = await page.locator(".call-arguments").allTextContents();
    // JSON is indented: of these texts, none is.
    expect(shown).toEqual(RESPONSES);
    expect(await page.evaluate(FORBIDDEN_CALLS)).toEqual([]);
    expect(new Set(requested)).toEqual(new Set([stage().site.origin, control.origin]));
    expect(new URL(page.url()).pathname).toBe("/playground");
  }, 300_000);
});
