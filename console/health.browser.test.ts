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
