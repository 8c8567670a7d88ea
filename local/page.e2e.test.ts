import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { StartedStack } from "../test-support/started-stack.ts";

/** The page from the twin's CloudFront, the API on another origin, and a real model: what a visitor sees. */
const hasChromium = findChromium() !== undefined;

describe("the page on the whole local stack", () => {
  let stack: StartedStack | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (!hasChromium) return;
    [stack, browser] = await Promise.all([StartedStack.start(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    stack?.remove();
  });

  // documented: page-streams-completion
  test("a typed prompt gets a streamed response of the real model, under the content security policy", async (context) => {
    if (!stack || !browser) return context.skip(CHROMIUM_REMEDY);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    const loaded = await page.goto(stack.state.siteUrl);
    expect(loaded?.headers()["content-security-policy"]).toContain("default-src 'none'");
    await page.getByLabel("Prompt", { exact: true }).fill("List three fruits");
    await page.getByRole("button", { name: "Send" }).click();
    const response = page.getByRole("region", { name: "Answer" });
    await response
      .getByText(/tokens\/s|tokens per second/i)
      .first()
      .waitFor();
    expect((await response.innerText()).length).toBeGreaterThan(20);
    // The twin's engine is a tiny stand-in, and the page shows its name.
    await page
      .getByText(/SmolLM2-135M-Instruct/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  test("a config that names another origin is the only thing that ties the bundle to this stack", async (context) => {
    if (!stack) return context.skip(CHROMIUM_REMEDY);
    const { siteUrl, apiUrl } = stack.state;
    const config: unknown = await (await fetch(`${siteUrl}/config.json`)).json();
    expect(config).toMatchObject({ environment: "dev", apiUrl: `${apiUrl}/live` });
    const html = await (await fetch(siteUrl)).text();
    expect(html).not.toContain(new URL(apiUrl).port);
  });
});
