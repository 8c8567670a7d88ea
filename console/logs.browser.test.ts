import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, signInWithKey } from "./test/console-stage.ts";
import { scriptedLine, scriptedList } from "./test/scripted-log.ts";

describeConsole("the log page", {}, (stage) => {
  // documented: console-logs
  test("shows new lines as they are written, until it is paused, and a line's fields", async () => {
    const { open } = stage();
    const page = await open("/admin/logs");
    const sent: string[] = [];
    let lines = [scriptedLine(1)];
    await page.route("**/admin/logs?*", async (route) => {
      if (route.request().resourceType() === "document") return route.continue();
      sent.push(new URL(route.request().url()).searchParams.get("since") ?? "none");
      await route.fulfill({ json: scriptedList(lines) });
    });
    await signInWithKey(page);
    const row = (name: string) => page.getByRole("row", { name: new RegExp(`${name}\\b`) });
    await row("req_1").waitFor();
    lines = [scriptedLine(4), scriptedLine(2), scriptedLine(1)];
    await row("req_4").waitFor();
    expect(await page.getByRole("row").count()).toBe(1 + 3);
    expect(sent.slice(0, 2)).toEqual(["none", "2026-11-29T11:59:58.000Z"]);
    await page.getByRole("button", { name: "Pause" }).click();
    const before = sent.length;
    lines = [scriptedLine(6)];
    await row("req_4")
      .getByRole("button", { name: /1:00:04\.000 PM GMT\+1/ })
      .click();
    const dialog = page.getByRole("dialog", { name: "Line of the log" });
    await dialog.getByText('"completionTokens": 120').waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    expect(await row("req_6").count()).toBe(0);
    // The one that was under way when it was paused.
    expect(sent.length - before).toBeLessThanOrEqual(1);
    await page.getByRole("button", { name: "Follow" }).click();
    await row("req_6").waitFor();
  });

  // documented: console-log-readers
  test("is for others than owners too where a role permits it, and says so to the rest", async () => {
    const { control, open } = stage();
    control.organization.role = "none";
    const page = await open("/admin/logs");
    await signInWithKey(page);
    await page.getByRole("heading", { name: "You may not read the log" }).waitFor();
    expect(await page.locator("main").getByRole("button").count()).toBe(0);
    control.organization.readsLogs = true;
    const other = await open("/admin/logs");
    await signInWithKey(other);
    await other.getByRole("row", { name: /req_11\b/ }).waitFor();
    // The key that operates the gateways is not needed, and not made.
    expect(control.seen.some(({ url }) => url.endsWith("/operator_keys"))).toBe(false);
  });

  test("has its filters in the address, and opens with those of a link", async () => {
    const { control, open } = stage();
    const page = await open("/admin/logs?level=warn");
    await signInWithKey(page);
    await page.getByRole("row", { name: /req_10\b/ }).waitFor();
    expect(await page.getByRole("row", { name: /req_11\b/ }).count()).toBe(0);
    expect(await page.getByLabel("Level").inputValue()).toBe("warn");
    await page.getByLabel("Project id").fill("proj_1");
    await page.getByLabel("Request").fill("req_4");
    await page.keyboard.press("Enter");
    await eventually(() => {
      expect(new URL(page.url()).searchParams.get("request")).toBe("req_4");
      expect(control.seen.at(-1)?.url).toMatch(/\/admin\/logs\?level=warn&request=req_4&project=proj_1&limit=200/);
    });
    await page.getByRole("row", { name: /req_10\b/ }).waitFor({ state: "detached" });
    await page.getByLabel("Request").fill("req_none");
    await page.keyboard.press("Enter");
    await page.getByText("No line of the last minutes matches.").waitFor();
  });

  test("shows a request of the live view, says that lines are missing, and goes on after the service was away", async () => {
    const { open } = stage();
    const page = await open("/admin/live");
    await signInWithKey(page);
    await page.getByRole("link", { name: "req_1" }).click();
    // The table of the live view has such a row too: this page's own comes after its filters.
    const filter = page.getByRole("textbox", { name: "Request" });
    expect(await filter.inputValue()).toBe("req_1");
    await page.getByRole("row", { name: /req_1\b/ }).waitFor();
    await page.route("**/admin/logs?*", (route) => route.abort());
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    expect(await page.getByRole("row", { name: /req_1\b/ }).count()).toBe(1);
    await page.unroute("**/admin/logs?*");
    const gapped = scriptedList([scriptedLine(9)], { hasMore: true, isComplete: false });
    await page.route("**/admin/logs?*", (route) => route.fulfill({ json: gapped }));
    await again.click();
    await page.getByText("some are missing in between").waitFor();
    await page.getByText("Not all gateways responded in time").waitFor();
  });
});
