import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, findNothingInBothThemes, personSession, signInWithKey } from "./test/console-stage.ts";
import { scriptedHold } from "./test/scripted-retention.ts";

describeConsole("the retention page", {}, (stage) => {
  // documented: console-retention
  test("says what a change of a class does with stored data before it is made, and sends that class alone", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.retention.days = { files: 3 };
    control.retention.historyDays = null;
    const page = await open("/admin/retention");
    await signInWithKey(page);
    await page.getByRole("row", { name: /History.*Not stored/ }).waitFor();
    await page.getByRole("row", { name: /Files.*3 days.*The project.*\(else 30 days\)/ }).waitFor();
    // What the environment does not store, and what is not a project's, has no button.
    expect(await page.getByRole("button", { name: /^Change the days of/ }).count()).toBe(2);
    await page.getByRole("button", { name: "Change the days of: Responses" }).click();
    const dialog = page.getByRole("dialog", { name: "Retention: Responses" });
    await dialog.getByText("This changes nothing.").waitFor();
    await dialog.getByLabel("days of the project's own").check();
    await dialog.getByLabel("Days", { exact: true }).fill("366");
    await page.keyboard.press("Enter");
    expect(await dialog.getByLabel("Days", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await dialog.getByLabel("Days", { exact: true }).fill("90");
    await dialog.getByText("What is stored now and later stays for 90 days.").waitFor();
    await dialog.getByLabel("Days", { exact: true }).fill("7");
    await dialog.getByText("What is older than 7 days is deleted within minutes, and can't be restored.").waitFor();
    await findNothingInBothThemes(page);
    expect(control.seen.filter(({ method }) => method === "POST")).toEqual([]);
    await dialog.getByRole("button", { name: "Shorten, and delete what is older" }).click();
    await page.getByRole("row", { name: /Responses.*7 days.*The project/ }).waitFor();
    await page.getByText("gets its new end within some minutes").waitFor();
    expect(control.seen.find(({ method }) => method === "POST")?.body).toEqual({ responses: 7 });
    await page.getByRole("button", { name: "Change the days of: Files" }).click();
    const files = page.getByRole("dialog", { name: "Retention: Files" });
    await files.getByLabel("the environment's: 30 days").check();
    await files.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Files.*30 days.*The environment/ }).waitFor();
    expect(control.retention.days).toEqual({ responses: 7 });
  });

  // documented: console-legal-holds
  test("lists legal holds, creates one with its reason, and releases one after its id was typed", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.retention.holds.push(scriptedHold("user-eve"));
    const page = await open("/admin/retention");
    await signInWithKey(page);
    await page.getByRole("row", { name: /Person.*user-eve.*Held.*case 2 O 17\/26/ }).waitFor();
    await page.getByRole("button", { name: "Create a legal hold" }).click();
    const creation = page.getByRole("dialog", { name: "Create a legal hold" });
    expect(await creation.getByLabel("Id of the person, service account or project").inputValue()).toBe("proj_1");
    await creation.getByLabel("Id of the person, service account or project").fill(" proj_1 ");
    await creation.getByLabel("Reason").fill("too short");
    await creation.getByRole("button", { name: "Create a legal hold" }).click();
    expect(control.retention.holds).toHaveLength(1);
    await creation.getByLabel("Reason").fill("complaint of 3 March");
    await findNothingInBothThemes(page);
    await creation.getByRole("button", { name: "Create a legal hold" }).click();
    const held = page.getByRole("row", { name: /Project.*search.*proj_1.*complaint of 3 March/ });
    await held.waitFor();
    // The service goes on by itself, and the page shows it.
    control.retention.holds.splice(1, 1, { ...scriptedHold("proj_1"), reason: "complaint of 3 March" });
    await eventually(async () => expect(await held.textContent()).toContain("Held"), { timeoutMs: 40_000 });
    await page.getByRole("button", { name: "Release the hold on user-eve" }).click();
    const release = page.getByRole("dialog", { name: "Release the legal hold?" });
    await release.getByLabel("Type the id to confirm").fill("user-ev");
    await release.getByRole("button", { name: "Release" }).click();
    await release.getByText("This is not the id of the hold.").waitFor();
    await findNothingInBothThemes(page);
    expect(control.retention.holds).toHaveLength(2);
    await release.getByLabel("Type the id to confirm").fill("user-eve");
    await release.getByRole("button", { name: "Release" }).click();
    await page.getByRole("row", { name: /user-eve/ }).waitFor({ state: "detached" });
    expect(control.retention.holds.map(({ id }) => id)).toEqual(["proj_1"]);
  });
});

describeConsole("the retention page of a person", { people: true }, (stage) => {
  test("who is in the project alone shows the days, and neither buttons nor a request for legal holds", async () => {
    const { control, open } = stage();
    control.accepted.add("sk-admin-1");
    control.organization.role = "none";
    stage().session = () => ({
      status: 200,
      body: personSession([{ id: "proj_1", name: "search", role: "owner" }], "sk-admin-1"),
    });
    const page = await open("/admin/retention");
    await page.getByRole("row", { name: /Responses.*30 days/ }).waitFor();
    expect(await page.locator("main").getByRole("button").count()).toBe(0);
    expect(control.seen.filter(({ url }) => url.includes("legal_holds"))).toEqual([]);
  });
});
