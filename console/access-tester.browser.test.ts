import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, findNothing, hardCoded, signInWithKey, withPreferences } from "./test/console-stage.ts";
import { scriptedKey } from "./test/scripted-control.ts";
import { scriptedAdminKey, scriptedUser } from "./test/scripted-organization.ts";

describeConsole("the access tester", {}, (stage) => {
  // documented: console-access-tester
  test("says whether a person or an admin key has a permission, and by which rule", async () => {
    const { control, open } = stage();
    control.organization.users.push(scriptedUser("user-a", "ada@example.com"));
    const [other, reports] = [scriptedAdminKey("reports", null), scriptedAdminKey("reports", ["usage.read"])];
    control.organization.adminKeys.push(other, reports);
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/admin/roles");
    await signInWithKey(page);
    const tester = page.getByRole("region", { name: "Test access" });
    await tester.getByLabel("Who").selectOption("ada@example.com");
    await tester.getByLabel("Does what").selectOption("See people");
    await tester.getByText("Allowed. A role in the organisation permits it: organization-role:reader").waitFor();
    await tester.getByLabel("Does what").selectOption("Invite people");
    await tester.getByText("Refused. No role permits it: no-role-permits:invites.write").waitFor();
    await tester.getByLabel("Who").selectOption(`reports (${reports.redacted_value})`);
    await eventually(() =>
      expect(control.seen.at(-1)?.url).toContain(`principal_type=admin_key&principal_id=${reports.id}`),
    );
    await page.getByRole("link", { name: "Of search" }).click();
    await tester.getByLabel("Who").selectOption("ada@example.com");
    await tester.getByLabel("Does what").selectOption("See API keys");
    await tester.getByText(/^Allowed\./).waitFor();
    expect(control.seen.at(-1)?.url).toContain("scope=api_keys.read&project_id=proj_1");
  });

  test("says in a project what a service account and a key for models may do, and offers them no permissions of roles", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const app = scriptedKey("app", "svc_acct_1");
    control.keys.push(app);
    const accountName = app.owner.type === "service_account" ? app.owner.service_account.name : "";
    const page = await open("/admin/roles");
    await signInWithKey(page);
    await page.getByRole("link", { name: "Of search" }).click();
    const tester = page.getByRole("region", { name: "Test access" });
    await tester.getByLabel("Who").selectOption({ label: accountName });
    await tester.getByLabel("Does what").selectOption("Use models");
    await tester.getByText("Allowed. The scopes of the key include it: key-has-scope:generate").waitFor();
    expect(control.seen.at(-1)?.url).toContain("principal_type=service_account&principal_id=svc_acct_1&scope=generate");
    expect(await tester.getByLabel("Does what").locator("option").allTextContents()).toEqual([
      "Choose",
      "Use models",
      "See models, and read files and batches",
    ]);
    await tester.getByLabel("Who").selectOption({ label: `app (${app.redacted_value})` });
    await eventually(() =>
      expect(control.seen.at(-1)?.url).toContain(`principal_type=api_key&principal_id=${app.id}&scope=generate`),
    );
  });

  // documented: console-choices
  test("says that it lists the first 100 people, and lists the others on request", async () => {
    const { control, open } = stage();
    control.organization.users.push(
      ...Array.from({ length: 130 }, (_, index) => scriptedUser(`user-${index}`, `person-${index}@example.com`)),
    );
    const page = await open("/admin/roles");
    await signInWithKey(page);
    const tester = page.getByRole("region", { name: "Test access" });
    await tester.getByText("The first 100 are listed.").waitFor();
    await tester.getByRole("button", { name: "List more" }).click();
    await tester.getByText("are listed").waitFor({ state: "detached" });
    await tester.getByLabel("Who").selectOption("person-129@example.com");
    await tester.getByLabel("Does what").selectOption("See people");
    await tester.getByText(/^Allowed\./).waitFor();
    expect(control.seen.at(-1)?.url).toContain("principal_id=user-129");
  });

  test("has nothing that axe finds beside a decision, and no text without a translation", async () => {
    const { control, open } = stage();
    control.organization.users.push(scriptedUser("user-a", `${"a".repeat(60)}@example.com`));
    const preferences = withPreferences({ "sluice.locale": "en-XA" });
    const page = await open("/admin/roles", { viewport: { width: 320, height: 800 } }, preferences);
    await signInWithKey(page);
    await page.locator("#access-who").selectOption({ index: 1 });
    await page.locator("#access-what").selectOption("users.read");
    await page.getByText("organization-role:reader").waitFor();
    await findNothing(page);
    expect(await hardCoded(page)).toEqual([]);
  });
});
