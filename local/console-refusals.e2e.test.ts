import { describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { CHROMIUM_REMEDY, findChromium } from "../test-support/chromium.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { peopleConsole } from "./test/people-console.ts";

const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** A running stack with the local issuer, and what its console shows of refusals. Removed people come last. */
describe.skipIf(skipped !== "")(`refusals in the console on the local stack${skipped}`, () => {
  const { email, stack, opened, signIn } = peopleConsole({ memberKeys: { perPerson: 5, maxDays: 30 } });

  // documented: console-limit-reached
  test("a limit that is used up is shown in the playground in the API's own words, and answers come again without it", async () => {
    const path = `/limits/project/${stack().project.id}`;
    const page = await opened("/login?to=%2Fplayground");
    await signIn(page);
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    const sent = async () => {
      const responded = page.waitForResponse(
        (response) => response.url().endsWith("/v1/chat/completions") && response.request().method() === "POST",
      );
      await page.getByLabel("Prompt", { exact: true }).fill("Say hello");
      await page.keyboard.press("Enter");
      const response = await responded;
      await page.getByRole("button", { name: "Send", exact: true }).waitFor();
      return response;
    };
    expect((await sent()).status()).toBe(200);
    const limits = [{ metric: "requests", window: "day", max: 1 }];
    expect((await stack().control("POST", path, { limits })).status).toBe(200);
    // Gateways read it within seconds.
    const refused = await eventually(async () => {
      const response = await sent();
      expect(response.status()).toBe(429);
      return response;
    });
    const { error } = (await refused.json()) as { readonly error: { readonly message: string } };
    expect(error.message).toContain("per day");
    await page.locator(".turn").last().getByText(error.message).waitFor();
    expect((await stack().control("POST", path, { limits: [] })).status).toBe(200);
    await eventually(async () => expect((await sent()).status()).toBe(200));
  });

  // documented: console-no-refused-buttons
  test("a person who reads sees every page without a request that is refused, and no button that changes others' things", async () => {
    const page = await opened("/login");
    await signIn(page);
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    for (const path of CONSOLE_PAGES.filter((each) => each !== "login" && each !== "signup")) {
      await page.goto(`${stack().siteUrl}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      const changes = page.getByRole("button", {
        name: /^(Revoke|Archive|Invite|Remove|Grant|Create (?!key)|Set limits)/,
      });
      expect([path, await changes.allTextContents()]).toEqual([path, []]);
    }
    expect(refused).toEqual([]);
  });

  // documented: console-revocation
  test("a person who is removed from the project reads it in the page that is open, and the person's key ends for programs too", async () => {
    const page = await opened("/login");
    await signIn(page);
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("laptop");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    await page.getByRole("button", { name: "Done" }).click();
    const { organization, project, sdk } = stack();
    await eventually(() => sdk(secret).models.list());
    const [user] = (await organization.users.list()).data.filter((each) => each.email === email);
    await organization.projects.users.delete(user?.id ?? "", { project_id: project.id });
    await eventually(() => expect(sdk(secret).models.list()).rejects.toMatchObject({ status: 401 }));
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("another");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await page.reload();
    await page.getByText("You are in no project yet.").waitFor();
  });
});
