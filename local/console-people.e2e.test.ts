import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { peopleStack } from "./test/people-stack.ts";

const ADA = "ada@example.com";
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`people in the console on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // documented: console-people
  test("an invited person signs in at the issuer, owns the keys of a project, stays signed in, and is out everywhere after the sign-out", async () => {
    const { siteUrl, organization, project, generate } = await peopleStack(ADA);
    const context = (await browser?.newContext()) ?? expect.fail("no browser");
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A browser logs the 401 of a first visit without a session.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        complaints.push(message.text());
    });

    await page.goto(`${siteUrl}/signup`);
    await page.getByText("People come in by invitation").waitFor();
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
    await page.getByText("Owners of the project create keys for programs.").waitFor();

    const [user] = (await organization.users.list()).data.filter(({ email }) => email === ADA);
    await organization.projects.users.update(user?.id ?? "", { project_id: project.id, role: "owner" });
    await page.reload();
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("indexer");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    expect((await generate(secret)).choices[0]?.message.content).toBeTruthy();
    await page.getByRole("button", { name: "Done" }).click();

    const other = await context.newPage();
    await other.goto(`${siteUrl}/keys`);
    await other.getByRole("row", { name: /indexer/ }).waitFor();
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByText(ADA).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const each of [page, other]) await each.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${siteUrl}/keys`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(complaints).toEqual([]);
  }, 180_000);
});
