import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describePage, findNothing, findNothingInBothSchemes } from "./test/page-stage.ts";

/** Compressed script of a page of the documentation before somebody searches, in bytes. */
const MAX_SCRIPT = 4000;

const search = (page: Page) => page.getByRole("searchbox", { name: "Search the documentation" });
const hits = (page: Page) => page.locator("search").getByRole("link");

describePage("the documentation in Chromium", (stage) => {
  test.each([
    { colorScheme: "light", viewport: { width: 1280, height: 860 } },
    { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  ] as const)(
    "axe finds no problem in both schemes and no element is too wide, $viewport.width pixels wide",
    { timeout: 240_000 },
    async (options) => {
      const { openPage, site } = stage();
      const page = await openPage(options);
      for (const path of ["/docs", "/docs/quick-start", "/docs/limits-of-use", "/docs/errors", "/docs/api-models"]) {
        await page.goto(site.origin + path);
        await findNothingInBothSchemes(page, options.colorScheme);
      }
      await page.goto(`${site.origin}/docs/dialects`);
      await findNothing(page);
      await search(page).fill("retry");
      await hits(page).first().waitFor();
      await findNothingInBothSchemes(page, options.colorScheme);
    },
  );

  // documented: docs-search
  test("finds a heading and an operation by what is typed, and loads its index only then", async () => {
    const { openPage, site, files } = stage();
    const page = await openPage();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(new URL(request.url()).pathname));
    await page.getByRole("link", { name: "Docs", exact: true }).click();
    await page.getByRole("heading", { name: "Documentation" }).waitFor();
    await search(page).waitFor();
    expect(requested.filter((path) => /search\.json|minisearch/.test(path))).toEqual([]);
    await page.keyboard.press("Tab");
    await search(page).fill("batch creat");
    await hits(page).first().waitFor();
    expect(await page.locator("search").getByRole("status").innerText()).toMatch(/result/);
    await search(page).fill("insufficient_quota");
    await hits(page).filter({ hasText: "Errors" }).first().click();
    await page.getByRole("heading", { name: "Errors", level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs/errors");
    await search(page).fill("xyzzyplugh");
    await page.getByText("Nothing found.").waitFor();
    await page.keyboard.press("Escape");
    expect(await search(page).inputValue()).toBe("");
    expect(await page.getByText("Nothing found.").isVisible()).toBe(false);
    const own = files.filter(({ path }) => /^assets\/docs-.*\.js$/.test(path));
    expect(own).toHaveLength(1);
    expect(own[0]?.gzipBytes).toBeLessThan(MAX_SCRIPT);
    expect(site.origin).toBe(new URL(page.url()).origin);
  });

  test("says that the search can't be loaded, and finds once it can", async () => {
    const { openPage, site } = stage();
    const page = await openPage();
    await page.goto(`${site.origin}/docs`);
    await page.route("**/docs/search.json", (route) => route.abort());
    await search(page).fill("keys");
    await page.getByText("The search can't be loaded.").waitFor();
    await page.unroute("**/docs/search.json");
    await search(page).fill("keys ");
    await search(page).fill("api keys");
    await hits(page).filter({ hasText: "API keys" }).first().waitFor();
  });

  test("has this service's address and model in its code, and stays readable without either or script", async () => {
    const { api, openPage, site } = stage();
    const page = await openPage();
    await page.goto(`${site.origin}/docs/quick-start`);
    await page.getByText(`${api.origin}/v1/chat/completions`).first().waitFor();
    expect(await page.locator("main pre").allInnerTexts()).not.toContainEqual(expect.stringContaining("YOUR-MODEL"));
    stage().config = undefined;
    await page.reload();
    await page.getByText("https://YOUR-API/v1/chat/completions").first().waitFor();
    const plain = await openPage({ javaScriptEnabled: false });
    await plain.goto(`${site.origin}/docs/keys`);
    expect(await plain.getByRole("heading", { name: "API keys", level: 1 }).isVisible()).toBe(true);
    expect(await search(plain).count()).toBe(0);
    expect(await plain.getByRole("navigation", { name: "Documentation" }).getByRole("link").count()).toBeGreaterThan(
      12,
    );
  });

  test("has no inline code, and names with a hash for its script and styles", async () => {
    const html = await readFile(join(stage().folder, "docs/keys.html"), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
    expect(html).not.toContain("{{");
    expect(html).toMatch(/src="\/assets\/docs-[\w-]{8}\.js"/);
  });
});
