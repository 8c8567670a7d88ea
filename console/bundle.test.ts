import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import type { BuiltFile } from "../ui/build-page.ts";
import { buildConsole } from "./build.ts";
import { firstLoad, pageModules, scriptOf } from "./test/first-load.ts";

/** Compressed script in bytes of a page that is opened by its address, with all that it needs before it shows its content. */
const FIRST_LOAD = 150_000;
/** Of the dashboard's chart, which comes after its figures. */
const CHART = 130_000;

describe("the console's bundle", () => {
  let folder: string;
  let files: readonly BuiltFile[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "console-"));
    files = await buildConsole(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("has no inline code, and only names with a hash beside its HTML", async () => {
    const html = await readFile(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
    for (const { path } of files) expect(path).toMatch(/^(index\.html|favicon\.svg|assets\/.+-[\w-]{8}\.(js|css))$/);
  });

  // documented: console-first-load
  test("loads at most 150 kB of compressed script for each page that is opened by its address", () => {
    const pages = pageModules();
    expect(pages.map(({ path }) => path.slice(1)).toSorted()).toEqual(CONSOLE_PAGES.toSorted());
    const tooLarge = pages
      .map((page) => ({ path: page.path, bytes: firstLoad(files, page) }))
      .filter(({ bytes }) => bytes > FIRST_LOAD);
    expect(tooLarge).toEqual([]);
  });

  test("has no parser of messages: the build has compiled them", () => {
    const modules = files.flatMap(({ modules: sources }) => sources);
    expect(modules).toContain("src/i18n/translate.ts");
    expect(modules.filter((path) => /icu-messageformat-parser|intl-messageformat/.test(path))).toEqual([]);
  });

  // documented: dashboard-chart-chunk
  test("loads the library of charts with the dashboard's figures there already, at most 130 kB", () => {
    const page = ["src/main.tsx", "src/pages/dashboard/dashboard-page.tsx"];
    const before = scriptOf(files, page);
    const chart = scriptOf(files, [...page, "src/pages/dashboard/usage-chart.tsx"]) - before;
    expect(chart).toBeGreaterThan(0);
    expect(chart).toBeLessThan(CHART);
  });
});
