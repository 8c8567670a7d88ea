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
});
