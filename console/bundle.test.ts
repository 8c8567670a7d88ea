import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";
import type { BuiltFile } from "../ui/build-page.ts";
import { buildConsole } from "./build.ts";
import { firstLoad, pageChunks, scriptOf } from "./test/first-load.ts";

/** Compressed script of the frame and the sign-in, in bytes: what somebody loads who comes for the first time. */
const FIRST_LOAD = 150_000;
/** Of a page that is opened by its address, with all that it needs; the goal is 150 kB. */
const PAGE = 180_000;
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
  test("loads at most 150 kB of compressed script for the pages before the sign-in, and 180 kB for each other page", () => {
    const pages = pageChunks();
    expect(pages.map(({ path }) => path.slice(1)).toSorted()).toEqual(CONSOLE_PAGES.toSorted());
    const tooLarge = pages
      .map((page) => ({
        path: page.path,
        bytes: firstLoad(folder, files, page),
        limit: page.isSignedIn ? PAGE : FIRST_LOAD,
      }))
      .filter(({ bytes, limit }) => bytes > limit);
    expect(tooLarge).toEqual([]);
  });

  // documented: dashboard-chart-chunk
  test("loads the library of charts with the dashboard's figures there already, at most 130 kB", () => {
    const page = ["index", "shell", "api-client", "dashboard-page"];
    const before = scriptOf(folder, files, page);
    expect(scriptOf(folder, files, [...page, "usage-chart"]) - before).toBeLessThan(CHART);
  });
});
