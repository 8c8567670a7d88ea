import { expect, onTestFinished, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { peopleStack } from "./test/people-stack.ts";

const GRACE = "grace@example.com";
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

// documented: sign-up-in-the-console
test.skipIf(skipped !== "")(
  `whom nobody has invited signs up in the console, and makes the first key of their own project, which generates${skipped}`,
  async () => {
    const { siteUrl, organization, generate } = await peopleStack("ada@example.com", {
      people: { admit: { domains: "any", role: "member", ownProject: {} } },
    });
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    // A busy machine is slow; the test's own time bounds the whole.
    page.setDefaultTimeout(120_000);
    await page.goto(`${siteUrl}/signup`);
    await page.getByText("Sign in with any address that the provider has verified.").waitFor();
    await page.getByText("You get a project of your own").waitFor();
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByRole("button", { name: `Sign in as ${GRACE}` }).click();
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("first");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    expect((await generate(secret)).choices[0]?.message.content).toBeTruthy();
    const { data: projects } = await organization.projects.list();
    expect(projects.map(({ name }) => name)).toContain(GRACE);
    const user = (await organization.users.list()).data.find(({ email }) => email === GRACE);
    expect(user).toMatchObject({ role: "member" });
  },
  180_000,
);
