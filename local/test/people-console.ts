import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../../test-support/chromium.ts";
import { peopleStack } from "./people-stack.ts";

const ADA = "ada@example.com";

/**
 * One running stack for the tests of a `describe`, whose project Ada is invited to, and a browser.
 * @param options of `peopleStack`
 */
export function peopleConsole(options: Omit<NonNullable<Parameters<typeof peopleStack>[1]>, "onEnd">) {
  const ends: (() => void | Promise<void>)[] = [];
  let browser: Browser;
  let stack: Awaited<ReturnType<typeof peopleStack>>;
  beforeAll(async () => {
    [browser, stack] = await Promise.all([
      launchChromium(),
      peopleStack(ADA, { ...options, onEnd: (end) => ends.push(end) }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const end of ends.toReversed()) await end();
  });
  return {
    email: ADA,
    stack: () => stack,
    /** A page of a browser of its own, which nobody has signed in with. */
    async opened(path: string): Promise<Page> {
      const context = await browser.newContext();
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto(`${stack.siteUrl}${path}`);
      return page;
    },
    /** Signs Ada in at the issuer. */
    async signIn(page: Page): Promise<void> {
      await page.getByRole("button", { name: "Continue with single sign-on" }).click();
      await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
    },
  };
}
