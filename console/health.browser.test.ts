import { expect, test } from "vitest";
import { describeConsole, signInWithKey } from "./test/console-stage.ts";

describeConsole("the health page", {}, (stage) => {
  // documented: console-health
  test("shows a reader each model with its queue, slots, failures, times and engines, and what differs", async () => {
    const { control, open } = stage();
    control.organization.role = "reader";
    const page = await open("/admin/health");
    await signInWithKey(page);
    const model = page.getByRole("article", { name: "m".repeat(80) });
    await model.getByText("2 engines ready").waitFor();
    await model.getByText("1 engine failed").waitFor();
    await model.getByText("3, the oldest for 1.4 s").waitFor();
    await model.getByText("15 of 16").waitFor();
    await model.getByText("214, 3 failed (1.4%)").waitFor();
    await model.getByText("p50 812 ms · p95 2,140 ms · p99 3,900 ms").waitFor();
    await model.getByText("3 engines", { exact: true }).click();
    await model.getByRole("row", { name: /i-0a1b2c3d4e5f60718.*71%/ }).waitFor();
    await page.getByText("44 of 80 failed").waitFor();
    await page.getByText("Gateways run different versions or configurations").waitFor();
    expect(await page.locator("main").getByRole("button").count()).toBe(0);
    expect(control.seen.filter(({ url }) => url.includes("operator_keys"))).toEqual([]);
  });

  // documented: console-alarms
  test("shows which alarms ring, since when, why and with which runbook, and the dashboard", async () => {
    const { control, open } = stage();
    control.organization.role = "reader";
    const page = await open("/admin/health");
    await signInWithKey(page);
    const alarms = page.getByRole("region", { name: "Alarms" });
    await alarms.getByText("sluice-prod-error-rate").waitFor();
    await alarms.getByText("More than 5 % of requests fail.").waitFor();
    await alarms.getByText(/^Threshold crossed: 1 datapoint/).waitFor();
    await alarms.getByText("docs/operations.md#error-rate").waitFor();
    expect(await alarms.getByText("sluice-prod-latency").isVisible()).toBe(false);
    await alarms.getByText("2 alarms without a problem").click();
    await alarms.getByText("sluice-prod-latency").waitFor();
    await alarms.getByText("No data yet").waitFor();
    const link = alarms.getByRole("link", { name: "Dashboard in CloudWatch" });
    expect(await link.getAttribute("href")).toContain("#dashboards/dashboard/sluice-prod");
  });

  test("says that the service can't be reached, keeps what it had, and goes on when asked", async () => {
    const { open } = stage();
    const page = await open("/admin/health");
    await signInWithKey(page);
    await page.getByText("15 of 16").waitFor();
    await page.route("**/admin/health", (route) =>
      route.request().resourceType() === "document" ? route.continue() : route.abort(),
    );
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    expect(await page.getByText("15 of 16").count()).toBe(1);
    await page.unroute("**/admin/health");
    await again.click();
    await again.waitFor({ state: "detached" });
  });
});
