import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { CHROMIUM_REMEDY, findChromium } from "../test-support/chromium.ts";
import { peopleConsole } from "./test/people-console.ts";

const Refusals = z.object({ data: z.array(z.unknown()) });
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** Whoever has no role in the organisation but that of a member, on a running stack with the local issuer. */
describe.skipIf(skipped !== "")(`a member in the console on the local stack${skipped}`, () => {
  const { email, stack, opened, signIn } = peopleConsole({ memberKeys: { perPerson: 5, maxDays: 30 } });

  /** Signed in as a member. */
  async function memberPage(): Promise<{ readonly page: Page; readonly userId: string }> {
    const page = await opened("/login");
    await signIn(page);
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    const { organization } = stack();
    const [user] = (await organization.users.list()).data.filter((each) => each.email === email);
    const { id } = user ?? expect.fail("nobody signed in");
    await organization.users.update(id, { role: "member" });
    return { page, userId: id };
  }

  /** The refusals in the audit log. */
  async function refusals(): Promise<readonly unknown[]> {
    const response = await stack().control("GET", "/audit_logs?event_types[]=access.denied");
    return Refusals.parse(await response.json()).data;
  }

  // documented: console-member
  test("sees every page without a fault, and no button or link to what the service refuses", async () => {
    const { page } = await memberPage();
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400)
        refused.push(`${new URL(page.url()).pathname}: ${new URL(response.url()).pathname}`);
    });
    page.on("pageerror", (error) => refused.push(String(error)));
    for (const path of CONSOLE_PAGES.filter((each) => each !== "login" && each !== "signup")) {
      await page.goto(`${stack().siteUrl}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect([path, await page.getByRole("alert").allTextContents()]).toEqual([path, []]);
      const changes = page.getByRole("button", {
        name: /^(Revoke|Archive|Invite|Remove|Grant|Create (?!key)|Set limits|Delete|Change|Stop|Try again)/,
      });
      expect([path, await changes.allTextContents()]).toEqual([path, []]);
    }
    // This environment stores no history, and its API has no path of it.
    await page.goto(`${stack().siteUrl}/history`);
    await page.getByRole("heading", { name: "This service stores no history" }).waitFor();
    expect(refused).toEqual([]);
    expect(await refusals()).toEqual([]);
    await page.goto(`${stack().siteUrl}/admin/members`);
    const links = page.getByRole("navigation", { name: "Administration" }).getByRole("link");
    await links.first().waitFor();
    expect(await links.allTextContents()).toEqual(["Members", "Retention"]);
  });

  // documented: console-member-log
  test("reads the log of the gateways once a role permits it, and nothing else of administration, without a request that is refused", async () => {
    const { page, userId } = await memberPage();
    const { organization, siteUrl } = stack();
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    const role_name = `on-call ${crypto.randomUUID()}`;
    const role = await organization.roles.create({ role_name, permissions: ["service_logs.read"] });
    onTestFinished(async () => void (await organization.roles.delete(role.id)));
    await organization.users.roles.create(userId, { role_id: role.id });
    await page.goto(`${siteUrl}/admin/logs`);
    await page.getByRole("row").nth(1).waitFor();
    const links = page.getByRole("navigation", { name: "Administration" }).getByRole("link");
    expect(await links.allTextContents()).toEqual(["Members", "Log", "Retention"]);
    for (const path of ["live", "targets", "routes", "providers"]) {
      await page.goto(`${siteUrl}/admin/${path}`);
      await page.getByRole("heading", { name: "This page is for operators" }).waitFor();
    }
    // A page that is opened renews the session, which has the roles of now.
    await organization.roles.update(role.id, { permissions: ["operator_keys.write"] });
    await page.goto(`${siteUrl}/admin/targets`);
    await page.getByRole("row").nth(1).waitFor();
    const operated = ["Live", "Targets", "Routes and prices", "Providers"];
    expect(await links.allTextContents()).toEqual(["Members", ...operated, "Retention"]);
    await page.goto(`${siteUrl}/admin/logs`);
    await page.getByRole("heading", { name: "You may not read the log" }).waitFor();
    expect(refused).toEqual([]);
    expect(await refusals()).toEqual([]);
  });
});
