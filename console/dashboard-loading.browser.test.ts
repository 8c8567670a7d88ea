import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, signInWithKey } from "./test/console-stage.ts";
import { scriptedUse } from "./test/scripted-usage.ts";

const TODAY = new Date().toISOString().slice(0, 10);

describeConsole("the dashboard while it loads", {}, (stage) => {
  test("requests forecast and budgets beside the figures, not after them", async () => {
    const { control, open } = stage();
    const figures = Promise.withResolvers<void>();
    control.uses.push(scriptedUse(TODAY, {}));
    const page = await open("/dashboard");
    await page.route("**/usage/completions?*", async (route) => {
      await figures.promise;
      await route.continue();
    });
    await signInWithKey(page);
    for (const path of ["/api/usage/forecast", "/v1/organization/limits?"])
      await eventually(() => expect(control.seen.some(({ url }) => url.startsWith(path))).toBe(true));
    expect(control.seen.filter(({ url }) => url.includes("/usage/completions"))).toEqual([]);
    figures.resolve();
    await page.getByRole("row", { name: /phi-3-mini/ }).waitFor();
  });

  describe("printed before somebody has scrolled to its chart", () => {
    /** The dashboard with charges of two models, and the chart below a small window. */
    async function below() {
      const { control, open } = stage();
      control.uses.push(
        scriptedUse("2026-01-03", { inputNano: 1_250_000_000, outputNano: 0 }),
        scriptedUse("2026-01-04", { model: "llama-70b", inputNano: 0, outputNano: 7_500_000_000 }),
      );
      const path = "/dashboard?from=2026-01-01&to=2026-01-31";
      const page = await open(path, { viewport: { width: 412, height: 600 } });
      await signInWithKey(page);
      await page.getByRole("row", { name: /phi-3-mini/ }).waitFor();
      return page;
    }
    /** Cells of what is in the place of the chart. */
    const cells = (page: Page) => page.locator(".chart-figure tr").locator("th, td").allTextContents();

    // documented: dashboard-printed
    test("has the charges of each day as a table", async () => {
      const page = await below();
      expect(await cells(page)).toEqual([]);
      // What the browser calls before it lays the print out: the table is there when the last listener returns.
      const printed = await page.evaluate(`
        dispatchEvent(new Event("beforeprint"));
        [...document.querySelectorAll(".chart-figure :is(th, td)")].map((cell) => cell.textContent)
      `);
      const header = ["Day", "llama-70b", "phi-3-mini"];
      const rows = [
        ["Jan 3, 2026", "$0.00", "$1.25"],
        ["Jan 4, 2026", "$7.50", "$0.00"],
      ];
      expect(printed).toEqual([header, ...rows].flat());
      await page.emulateMedia({ media: "print" });
      expect(await page.getByRole("navigation").count()).toBe(0);
      expect(await page.getByRole("button").count()).toBe(0);
      expect(await page.getByRole("heading", { level: 1, name: "Dashboard" }).isVisible()).toBe(true);
      await page.emulateMedia({ media: "screen" });
      await page.evaluate(`dispatchEvent(new Event("afterprint"))`);
      expect(await cells(page)).toEqual([]);
      await page.locator(".chart-figure").scrollIntoViewIfNeeded();
      await page.locator(".recharts-bar-rectangle").first().waitFor();
    });

    test("has the chart in place of the table once somebody has used the page", async () => {
      const page = await below();
      await page.mouse.move(50, 50);
      await page.locator(".recharts-bar-rectangle").first().waitFor({ state: "attached" });
      expect(await page.evaluate("scrollY")).toBe(0);
      await page.emulateMedia({ media: "print" });
      expect(await cells(page)).toEqual([]);
      // Measured before the library can draw it again, as in a print.
      const widths = await page.evaluate(`
        document.querySelector(".chart").style.width = "200px";
        [".recharts-wrapper", ".recharts-wrapper > .recharts-surface"].map((name) => document.querySelector(name).getBoundingClientRect().width)
      `);
      expect(widths).toEqual([200, 200]);
      expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("light");
    });
  });
});
