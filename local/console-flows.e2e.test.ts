import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { peopleStack } from "./test/people-stack.ts";

const ADA = "ada@example.com";
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** One running stack with the local issuer and the local model, and what people do in its console. */
describe.skipIf(skipped !== "")(`people in the console with the local model${skipped}`, () => {
  const ends: (() => void | Promise<void>)[] = [];
  let browser: Browser;
  let stack: Awaited<ReturnType<typeof peopleStack>>;
  beforeAll(async () => {
    [browser, stack] = await Promise.all([
      launchChromium(),
      peopleStack(ADA, {
        memberKeys: { perPerson: 5, maxDays: 30 },
        hasModel: true,
        onEnd: (end) => ends.push(end),
      }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const end of ends.toReversed()) await end();
  });

  /** A page of a browser of its own, which nobody has signed in with. */
  async function opened(path: string): Promise<Page> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${stack.siteUrl}${path}`);
    return page;
  }

  /** Signs the invited person in at the issuer. */
  async function signIn(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
  }

  // documented: console-own-keys
  test("a person who signs up makes a key in three clicks, and a model streams with it until it is revoked", async ({
    annotate,
  }) => {
    const page = await opened("/signup");
    const begun = performance.now();
    await signIn(page);
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("laptop");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    const stream = () =>
      stack.sdk(secret).chat.completions.create({
        model: "phi-3-mini",
        messages: [{ role: "user", content: "Say hello" }],
        max_tokens: 8,
        stream: true,
      });
    let text = "";
    for await (const chunk of await stream()) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).not.toBe("");
    await annotate(
      `3 clicks and ${Math.round((performance.now() - begun) / 1000)} s from the sign-up to the streamed answer`,
    );
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Rotate laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
    const next = await page.getByLabel("Secret key").inputValue();
    expect(next).not.toBe(secret);
    // Both work within the overlap.
    for (const key of [secret, next]) await eventually(() => stack.sdk(key).models.list());
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Revoke laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    for (const key of [secret, next])
      await eventually(() => expect(stack.sdk(key).models.list()).rejects.toMatchObject({ status: 401 }));
  });

  // documented: console-side-by-side
  test("an answer of the model streams three clicks after the sign-up until it is stopped, and two stream side by side", async ({
    annotate,
  }) => {
    const page = await opened("/signup");
    const begun = performance.now();
    await signIn(page);
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    await page.getByLabel("Prompt", { exact: true }).fill("List all numbers from one to a thousand.");
    await page.keyboard.press("Enter");
    await page.locator(".answer").first().waitFor();
    await annotate(
      `3 clicks and ${Math.round((performance.now() - begun) / 1000)} s from the sign-up to the first token in the playground`,
    );
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();

    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByText("Settings", { exact: true }).click();
    await page.getByLabel("Most tokens of an answer").fill("12");
    await page.getByLabel("Prompt", { exact: true }).fill("Say hello");
    await page.keyboard.press("Enter");
    await page.getByText("Done", { exact: true }).nth(1).waitFor();
    expect(await page.locator(".answer").count()).toBe(2);
    expect(await page.locator(".figures", { hasText: "First token" }).count()).toBe(2);
  });

  // documented: console-windows
  test("a session goes on in other windows and after a reload, back and forward keep the conversation, and its end leads to the sign-in", async () => {
    const page = await opened("/own-keys");
    await signIn(page);
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByLabel("Prompt", { exact: true }).fill("half a thought");
    await page.goBack();
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.goForward();
    expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("half a thought");

    const other = await page.context().newPage();
    await other.goto(`${stack.siteUrl}/own-keys`);
    await other.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.reload();
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });

    await page.context().clearCookies();
    await other.reload();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(other);
    await other.getByRole("heading", { name: "Your keys" }).waitFor();
  });
});
