import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import { type BuiltFile, loadedWith } from "../ui/build-page.ts";
import { buildConsole } from "./build.ts";
import { FRAME_MODULES, pageModules } from "./page-modules.ts";
import { firstLoad, scriptOf } from "./test/first-load.ts";

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
    const pages = ["index", ...CONSOLE_PAGES].map((page) => `${page}.html`);
    for (const page of pages)
      expect(await readFile(join(folder, page), "utf8")).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)/);
    const others = files.map(({ path }) => path).filter((path) => !pages.includes(path));
    for (const path of others) expect(path).toMatch(/^(favicon\.svg|assets\/.+-[\w-]{8}\.(js|css))$/);
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

  test("runs the script of the first requests before all others, and that imports none", async () => {
    const start = files.find(({ modules }) => modules.includes("src/start/first-requests.ts"));
    expect(start?.imports).toEqual([]);
    for (const page of CONSOLE_PAGES) {
      const html = await readFile(join(folder, `${page}.html`), "utf8");
      expect([...html.matchAll(/<script[^>]*src="\/console\/([^"]*)"/g)].map(([, path]) => path)).toEqual([
        start?.path,
      ]);
    }
  });

  test("names in each page's HTML all scripts and styles that the page begins with, and loads none of them twice", async () => {
    for (const { path, module } of pageModules()) {
      const html = await readFile(join(folder, `${path.slice(1)}.html`), "utf8");
      const needed = loadedWith(files, [...FRAME_MODULES, module]).flatMap(({ path: script, styles }) => [
        script,
        ...styles,
      ]);
      const named = [...html.matchAll(/(?:src|href)="\/console\/(assets\/[^"]*)"/g)].map(([, file]) => file);
      expect(named.toSorted(), path).toEqual([...new Set(needed)].toSorted());
    }
  });

  test("loads who may come in with the sign-up, and the library of the sign-in later", () => {
    const modules = loadedWith(files, [...FRAME_MODULES, "src/pages/login/signup-page.tsx"]).flatMap(
      (file) => file.modules,
    );
    expect(modules).toContain("src/session/sign-in-policy.ts");
    expect(modules).not.toContain("src/session/sign-in.ts");
  });

  test("has no parser of messages: the build has compiled them", () => {
    const modules = files.flatMap(({ modules: sources }) => sources);
    expect(modules).toContain("src/i18n/translate.ts");
    expect(modules.filter((path) => /icu-messageformat-parser|intl-messageformat/.test(path))).toEqual([]);
  });

  // documented: dashboard-chart-chunk
  test("loads the library of charts with the dashboard's figures there already, at most 130 kB", () => {
    const page = [...FRAME_MODULES, "src/pages/dashboard/dashboard-page.tsx"];
    const before = scriptOf(files, page);
    const chart = scriptOf(files, [...page, "src/pages/dashboard/usage-chart.tsx"]) - before;
    expect(chart).toBeGreaterThan(0);
    expect(chart).toBeLessThan(CHART);
  });
});
