import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, personSession, signInWithKey } from "./test/console-stage.ts";
import { someAccess } from "./test/scripted-access.ts";
import { scriptedEvent, scriptedInvite, scriptedUser } from "./test/scripted-organization.ts";
import { scriptedBudget } from "./test/scripted-usage.ts";

describeConsole("the administration", {}, (stage) => {
  // documented: admin-people
  test("changes a person's role, and removes a person after a confirmation", async () => {
    const { control, open } = stage();
    control.organization.users.push(
      scriptedUser("user-a", "ada@example.com"),
      scriptedUser("user-b", "bob@example.com"),
    );
    const page = await open("/admin/users");
    await signInWithKey(page);
    await page.getByLabel("Role of ada@example.com").selectOption("Owner");
    await page.getByRole("status").getByText("The role was changed.").waitFor();
    expect(control.organization.users.map(({ role }) => role)).toEqual(["owner", "reader"]);
    await page.getByRole("button", { name: "Remove bob@example.com" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove bob@example.com?" });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(control.organization.users).toHaveLength(2);
    await page.getByRole("button", { name: "Remove bob@example.com" }).click();
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("row", { name: /bob@example\.com/ }).waitFor({ state: "detached" });
    expect(control.organization.users.map(({ id }) => id)).toEqual(["user-a"]);
  });

  // documented: admin-invites
  test("invites a person into the chosen project, and withdraws an invitation", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    const page = await open("/admin/invites");
    await signInWithKey(page);
    await page.getByText("Nobody has been invited.").waitFor();
    await page.getByLabel("Address").fill("eve@example.com");
    await page.getByLabel("As a member of search too").check();
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("row", { name: /eve@example.com/ }).waitFor();
    expect(control.seen.find(({ method }) => method === "POST")?.body).toEqual({
      email: "eve@example.com",
      role: "reader",
      projects: [{ id: "proj_1", role: "member" }],
    });
    await page.getByRole("button", { name: "Withdraw the invitation of eve@example.com" }).click();
    await page.getByText("Nobody has been invited.").waitFor();
    expect(control.organization.invites).toEqual([]);
  });

  // documented: admin-projects
  test("creates, renames and archives a project, which the switcher shows at once", async () => {
    const { control, open } = stage();
    const page = await open("/admin/projects");
    await signInWithKey(page);
    await page.getByLabel("New project").fill("search");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename search" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("find");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: "Project" }).getByText("find").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Archive find" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Archive", exact: true }).click();
    await page.getByRole("row", { name: /find.*Archived/ }).waitFor();
    expect(control.projects).toEqual([expect.objectContaining({ name: "find", status: "archived" })]);
    expect(await page.getByRole("button", { name: /^(Archive|Rename) find/ }).count()).toBe(0);
  });

  test("closes the removal of a project's member when the browser goes back to another project, and keeps no address for it", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "support" });
    someAccess(control.access, "ada@example.com");
    const page = await open("/admin/members?project=proj_1");
    await signInWithKey(page);
    await page
      .getByRole("heading", { name: /search/ })
      .first()
      .waitFor();
    await page.getByRole("combobox", { name: "Project" }).selectOption("support");
    await page.getByRole("row", { name: /ada@example\.com/ }).waitFor();
    await page.getByLabel("Address").fill("eve@example.com");
    await page.getByRole("button", { name: "Remove ada@example.com" }).click();
    await page.getByRole("dialog", { name: "Remove ada@example.com from support?" }).waitFor();
    await page.goBack();
    await page.getByRole("row", { name: /ada@example\.com/ }).waitFor();
    await page
      .getByRole("heading", { name: /search/ })
      .first()
      .waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByLabel("Address").inputValue()).toBe("");
  });

  test("names the person of a link to their roles who is behind the first hundred", async () => {
    const { control, open } = stage();
    control.organization.users.push(
      ...Array.from({ length: 130 }, (_, index) => scriptedUser(`user-${index}`, `person-${index}@example.com`)),
    );
    const page = await open("/admin/roles?who=user.user-129");
    await signInWithKey(page);
    const chosen = page.locator("#role-principal option:checked");
    await page.getByRole("row", { name: /support.*The person/ }).waitFor();
    expect(await chosen.textContent()).toBe("user-129");
    await page.getByRole("region", { name: "Test access" }).waitFor();
    await page.getByRole("button", { name: "List more" }).first().click();
    await eventually(async () => expect(await chosen.textContent()).toBe("person-129@example.com"));
  });

  // documented: admin-audit
  test("reads the audit log page by page, and the address keeps its filters", async () => {
    const { control, open } = stage();
    control.organization.events.push(
      ...Array.from({ length: 120 }, (_, index) =>
        scriptedEvent(120 - index, index % 2 ? "project.created" : "access.denied"),
      ),
    );
    const page = await open("/admin/audit");
    await signInWithKey(page);
    await page.getByRole("row", { name: /access\.denied.*proj_120.*ada@example\.com.*In it/ }).waitFor();
    await page.getByLabel("About").selectOption("Projects");
    await page
      .getByRole("row", { name: /access\.denied/ })
      .first()
      .waitFor({ state: "detached" });
    await page.getByLabel("Resource").fill("proj_7");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /project\.created.*proj_7\b/ }).waitFor();
    await page.getByRole("row").nth(2).waitFor({ state: "detached" });
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ subject: "projects", resource: "proj_7" });
    expect(control.seen.at(-1)?.url).toContain("project.archived");
    // The filters stand in a row: their styles do not come with another page.
    expect(
      await page
        .locator("form.filters")
        .evaluate((form) => form.ownerDocument.defaultView?.getComputedStyle(form).display),
    ).toBe("flex");
  });

  // documented: admin-audit-search
  test("finds the events that a filter leaves, however many requests it takes, and says that there are none once all were read", async () => {
    const { control, open } = stage();
    control.organization.eventsAtOnce = 10;
    control.organization.events.push(
      ...Array.from({ length: 95 }, (_, index) => scriptedEvent(95 - index, "access.denied")),
      scriptedEvent(0, "project.created"),
    );
    const page = await open("/admin/audit?subject=projects");
    await signInWithKey(page);
    await page.getByRole("row", { name: /project\.created/ }).waitFor();
    expect(control.seen.filter(({ url }) => url.includes("audit_logs"))).toHaveLength(10);
    await page.getByLabel("Resource").fill("proj_none");
    await page.keyboard.press("Enter");
    await page.getByText("There is no such event.").waitFor();
    expect(control.seen.filter(({ url }) => url.includes("proj_none"))).toHaveLength(10);
  });

  test("is printed without the links between its pages and without buttons", async () => {
    const page = await stage().open("/admin/roles");
    await signInWithKey(page);
    await page.getByRole("heading", { level: 1, name: "Roles" }).waitFor();
    await page.getByRole("navigation", { name: "Administration" }).getByRole("link").first().waitFor();
    await page.emulateMedia({ media: "print" });
    for (const role of ["navigation", "link", "button"] as const)
      expect([role, await page.locator("#root").getByRole(role).allTextContents()]).toEqual([role, []]);
  });

  test("stops a search for events when it is told to, and goes on with it", async () => {
    const { control, open } = stage();
    control.organization.eventsAtOnce = 1;
    control.organization.events.push(
      ...Array.from({ length: 1000 }, (_, index) => scriptedEvent(1000 - index, "access.denied")),
      scriptedEvent(0, "project.created"),
    );
    const page = await open("/admin/audit?subject=projects");
    const running = new Set<object>();
    page.on("request", (request) => request.url().includes("audit_logs") && running.add(request));
    page.on("requestfinished", (request) => running.delete(request));
    page.on("requestfailed", (request) => running.delete(request));
    await signInWithKey(page);
    const searches = () => control.seen.filter(({ url }) => url.includes("audit_logs")).length;
    await page.getByRole("button", { name: "Stop the search" }).click();
    await page.getByText("The search was stopped.").waitFor();
    await eventually(() => expect(running.size).toBe(0));
    const stoppedAt = searches();
    expect(stoppedAt).toBeLessThan(1001);
    // Whoever looks at the page again a minute later finds the search as it was.
    await page.evaluate(`Date.now = ((now) => () => now() + 60_000)(Date.now.bind(Date))`);
    await page.evaluate(`dispatchEvent(new Event("visibilitychange"))`);
    await page.evaluate(`fetch("/config.json").then((response) => response.text())`);
    await eventually(() => expect(running.size).toBe(0));
    expect(searches()).toBe(stoppedAt);
    // So does whoever was on another page meanwhile.
    await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Projects" }).click();
    await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
    await page.goBack();
    await page.getByText("The search was stopped.").waitFor();
    control.organization.eventsAtOnce = 1000;
    await page.getByRole("button", { name: "Search on" }).click();
    await page.getByRole("row", { name: /project\.created/ }).waitFor();
    expect(searches()).toBeLessThanOrEqual(stoppedAt + 2);
    // What was found is there after Back, without another search.
    const foundAt = searches();
    await page.evaluate(`Date.now = ((now) => () => now() + 600_000)(Date.now.bind(Date))`);
    await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Projects" }).click();
    await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
    await page.goBack();
    await page.getByRole("row", { name: /project\.created/ }).waitFor();
    await eventually(() => expect(running.size).toBe(0));
    expect(searches()).toBe(foundAt);
  });

  // documented: console-operators
  test.each(["live", "targets", "routes", "providers"])(
    "of the gateways at /admin/%s is for others than owners too where a role permits it, and names the permission to the rest",
    async (path) => {
      const { control, open } = stage();
      control.organization.role = "none";
      const page = await open(`/admin/${path}`);
      await signInWithKey(page);
      await page.getByRole("heading", { name: "This page is for operators" }).waitFor();
      await page.getByText("operator_keys.write").waitFor();
      expect(await page.locator("main").getByRole("button").count()).toBe(0);
      control.organization.operates = true;
      const other = await open(`/admin/${path}`);
      await signInWithKey(other);
      await other.locator("main").getByRole("row").nth(1).waitFor();
      expect(await other.getByRole("heading", { name: "This page is for operators" }).count()).toBe(0);
    },
  );

  // documented: admin-roles
  test("of a reader has no button that the service would refuse, and no audit log", async () => {
    const { control, open } = stage();
    control.organization.role = "reader";
    control.organization.users.push(scriptedUser("user-a", "ada@example.com"));
    control.organization.invites.push(scriptedInvite("eve@example.com", "invite_1"));
    control.projects.push({ id: "proj_1", name: "search" });
    control.limits.push({
      ...scriptedBudget("project", "proj_1", 1),
      tier: "gold",
      tier_limits: [{ metric: "tokens", window: "day", max: 60_000, used: 1250 }],
    });
    someAccess(control.access, "ada@example.com");
    for (const [path, row] of [
      ["users", /ada@example\.com/],
      ["invites", /eve@example\.com/],
      ["projects", /search/],
      ["members", /ada@example\.com/],
      ["groups?group=group-1", /ada@example\.com/],
      ["credits", /search/],
      ["retention", /Responses.*30 days/],
    ] as const) {
      const page = await open(`/admin/${path}`);
      await signInWithKey(page);
      await page.getByRole("row", { name: row }).waitFor();
      expect(await page.locator("main").getByRole("button").count()).toBe(0);
      expect(await page.locator("main").getByRole("combobox").count()).toBe(0);
      expect(await page.getByRole("link", { name: /^(Audit log|Admin keys)$/ }).count()).toBe(0);
    }
    const limits = await open("/admin/limits");
    await signInWithKey(limits);
    await limits.getByRole("row", { name: /search.*60,000 Tokens a day.*1,250 used.*Tier gold/ }).waitFor();
    expect(await limits.locator("main").getByRole("button").count()).toBe(0);
    const roles = await open("/admin/roles?who=user.user-a");
    await signInWithKey(roles);
    await roles.getByRole("row", { name: /support.*The person/ }).waitFor();
    expect(await roles.locator("main").getByRole("button").count()).toBe(0);
    const page = await open("/admin/audit");
    await signInWithKey(page);
    await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
    expect(control.seen.filter(({ url }) => url.includes("audit_logs"))).toEqual([]);
  });
});

describeConsole("the administration of a person", { people: true }, (stage) => {
  test.each([
    ["owner", 1],
    ["none", 0],
  ] as const)("who is %s in the organisation", async (role, buttons) => {
    const { control, open } = stage();
    control.accepted.add("sk-admin-1");
    control.organization.role = role;
    control.organization.users.push(
      scriptedUser("user-ada", "ada@example.com", "owner"),
      scriptedUser("user-b", "bob@example.com"),
    );
    stage().session = () => ({
      status: 200,
      body: personSession([{ id: "proj_1", name: "search", role: "member" }], "sk-admin-1"),
    });
    const page = await open("/admin/users");
    // Nobody changes their own role.
    if (role === "owner") await page.getByLabel("Role of bob@example.com").waitFor();
    else await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
    expect(await page.getByRole("button", { name: /^Remove/ }).count()).toBe(buttons);
  });
});
