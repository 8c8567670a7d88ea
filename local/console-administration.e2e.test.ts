import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { loadEnvironment } from "../environments/load.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../test-support/chromium.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

/** What the test reads of a list, a subject's limits or its credit. */
const Stored = z.object({
  data: z
    .array(z.looseObject({ id: z.string().default(""), email: z.string().default(""), status: z.string().optional() }))
    .default([]),
  limits: z.unknown().optional(),
  credits: z.unknown().optional(),
});
const dev = await loadEnvironment("dev");
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`administration in the console on the local stack${skipped}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // documented: admin-on-the-local-stack
  test("an owner changes members, groups, limits and credit, and the control API has each change", async () => {
    const engine = await startFakeEngine();
    onTestFinished(() => engine.stop());
    const environment = {
      ...dev,
      // One browser opens every page within a minute.
      api: { ...dev.api, auth: "required" as const, controlApi: true, requestsPerMinutePerIp: 100_000 },
      site: { ...dev.site, console: "on" as const },
    };
    const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
    const { apiUrl, siteUrl } = twin.runtime.settings;
    const { adminKey } = await stackOwner(twin);
    const stored = async (path: string) => {
      const response = await fetch(`${apiUrl}/v1/organization/${path}`, {
        headers: { authorization: `Bearer ${adminKey}` },
      });
      expect(response.status).toBe(200);
      return Stored.parse(await response.json());
    };
    const page = (await browser?.newPage()) ?? expect.fail("no browser");
    onTestFinished(() => page.close());
    const open = (name: string) => page.getByRole("link", { name, exact: true }).click();

    await page.goto(`${siteUrl}/admin/projects`);
    await page.getByLabel("Admin key").fill(adminKey);
    await page.keyboard.press("Enter");
    await page.getByLabel("New project").fill("search");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /search.*Active/ }).waitFor();
    const project = (await stored("projects")).data[0] ?? expect.fail("no project");
    const owner = (await stored("users")).data[0] ?? expect.fail("no owner");

    await open("Members");
    await page.getByLabel("Address").fill(owner.email);
    await page.getByRole("region", { name: "People of search" }).getByRole("button", { name: "Add" }).click();
    await page.getByLabel(`Role of ${owner.email}`).selectOption("Owner");
    await page.getByRole("status").getByText("The role was changed.").waitFor();
    expect((await stored(`projects/${project.id}/users`)).data).toEqual([
      expect.objectContaining({ email: owner.email, role: "owner" }),
    ]);

    await open("Groups");
    await page.getByLabel("New group").fill("support");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "People of support" }).click();
    await page.getByLabel("Person", { exact: true }).selectOption(owner.email);
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("region", { name: "People" }).getByRole("row", { name: owner.email }).waitFor();
    const group = (await stored("groups")).data[0] ?? expect.fail("no group");
    expect((await stored(`groups/${group.id}/users`)).data).toEqual([expect.objectContaining({ id: owner.id })]);

    await open("Members");
    await page.getByLabel("Group", { exact: true }).selectOption("support");
    await page.getByRole("region", { name: "Groups of search" }).getByRole("button", { name: "Add" }).click();
    await page.getByRole("button", { name: "Remove support" }).waitFor();
    expect((await stored(`projects/${project.id}/groups`)).data).toHaveLength(1);

    await open("Roles");
    await page.getByRole("button", { name: "New role" }).click();
    const role = page.getByRole("dialog");
    await role.getByLabel("Name", { exact: true }).fill("helpdesk");
    await role.getByLabel("See people", { exact: true }).check();
    await role.getByLabel("Invite people", { exact: true }).check();
    await role.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /helpdesk/ }).waitFor();
    await page.getByLabel("Person or group", { exact: true }).selectOption("support");
    await page.getByLabel("Role", { exact: true }).selectOption("helpdesk");
    await page.getByRole("button", { name: "Give" }).click();
    await page.getByRole("button", { name: "Take away helpdesk" }).waitFor();
    expect((await stored(`groups/${group.id}/roles`)).data).toEqual([
      expect.objectContaining({ name: "helpdesk", permissions: ["users.read", "invites.write"] }),
    ]);
    await page.getByRole("button", { name: "Edit helpdesk" }).click();
    await role.getByLabel("Invite people", { exact: true }).uncheck();
    await role.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("The role was changed.").waitFor();
    expect((await stored(`groups/${group.id}/roles`)).data).toEqual([
      expect.objectContaining({ permissions: ["users.read"] }),
    ]);
    await page.getByRole("button", { name: "Take away helpdesk" }).click();
    await page.getByText("No roles.").waitFor();
    await page.getByRole("button", { name: "Delete helpdesk" }).click();
    await role.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("row", { name: /helpdesk/ }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Of search" }).click();
    await page.getByRole("button", { name: "New role" }).click();
    await role.getByLabel("Name", { exact: true }).fill("key manager");
    await role.getByLabel("See API keys", { exact: true }).check();
    await role.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /key manager/ }).waitFor();

    await open("Limits");
    await page.locator("#subject-id").selectOption("search");
    await page.getByRole("button", { name: "Set limits" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("At most, in US dollars").fill("12.5");
    await dialog.getByRole("button", { name: "Add limit" }).click();
    await dialog.getByLabel("What").selectOption("Tokens");
    await dialog.getByLabel("Time", { exact: true }).selectOption("a minute");
    await dialog.getByLabel("At most").fill("60000");
    await dialog.getByRole("button", { name: "Add limit" }).click();
    await dialog.getByRole("button", { name: "Add limit" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /60,000 Tokens a minute/ }).waitFor();
    expect((await stored(`limits/project/${project.id}`)).limits).toEqual([
      { metric: "nano_usd", window: "month", max: 12_500_000_000 },
      { metric: "tokens", window: "minute", max: 60_000 },
    ]);

    // Another administrator changes them while the dialog is open.
    await page.getByRole("button", { name: "Edit the limits of search" }).click();
    await dialog.getByRole("button", { name: /^Remove .*minute/ }).click();
    const other = await fetch(`${apiUrl}/v1/organization/limits/project/${project.id}`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({ limits: [{ metric: "requests", window: "minute", max: 5 }] }),
    });
    expect(other.status).toBe(200);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").waitFor();
    expect((await stored(`limits/project/${project.id}`)).limits).toEqual([
      { metric: "requests", window: "minute", max: 5 },
    ]);
    await dialog.getByRole("button", { name: "Cancel" }).click();

    await open("Credit");
    await page.locator("#credit-subject").selectOption("search");
    await page.getByLabel("Amount in US dollars").fill("5");
    await page.getByLabel("Note").fill("first");
    await page.getByRole("button", { name: "Grant" }).click();
    await page.getByRole("button", { name: "Revoke $5.00 of search" }).click();
    await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("row", { name: /Revoked/ }).waitFor();
    expect((await stored(`credits/project/${project.id}`)).credits).toEqual([
      expect.objectContaining({ amount_nano_usd: 5_000_000_000, status: "revoked", description: "first" }),
    ]);

    await open("Retention");
    await page.getByRole("button", { name: "Change the days of: Responses" }).click();
    await dialog.getByLabel("days of the project's own").check();
    await dialog.getByLabel("Days", { exact: true }).fill("7");
    await dialog.getByRole("button", { name: "Shorten, and delete what is older" }).click();
    await page.getByRole("row", { name: /Responses.*7 days.*The project/ }).waitFor();
    expect((await stored(`projects/${project.id}/retention`)).data).toContainEqual(
      expect.objectContaining({ class: "responses", days: 7, origin: "project", environment_days: 30 }),
    );
    await page.getByRole("button", { name: "Create a legal hold" }).click();
    await dialog.getByLabel("Reason").fill("complaint of 3 March");
    await dialog.getByRole("button", { name: "Create a legal hold" }).click();
    await page.getByRole("row", { name: /search.*complaint of 3 March/ }).waitFor();
    expect((await stored("legal_holds")).data).toEqual([
      expect.objectContaining({ id: project.id, reason: "complaint of 3 March" }),
    ]);
    await page.getByRole("button", { name: `Release the hold on ${project.id}` }).click();
    await dialog.getByLabel("Type the id to confirm").fill(project.id);
    await dialog.getByRole("button", { name: "Release" }).click();
    // The release goes on by the schedule where the history of the hold is not settled yet.
    await page
      .getByRole("row", { name: /search.*(Being released|complaint)/ })
      .or(page.getByText("There is no legal hold."))
      .first()
      .waitFor();
    await eventually(async () =>
      expect((await stored("legal_holds")).data.filter(({ status }) => status !== "releasing")).toEqual([]),
    );
  }, 180_000);
});
