import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BuiltFile } from "../ui/build-page.ts";
import { buildConsole } from "./build.ts";

/** Compressed script of the frame and the sign-in, in bytes: what somebody loads who comes for the first time. */
const FIRST_LOAD = 150_000;
/** Of a page that is opened by its address, with all that it needs. */
const PAGE = 200_000;
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

  /** Files that a chunk imports, itself too. @param name of its source, without hash */
  async function load(...names: readonly string[]): Promise<number> {
    const seen = new Map<string, number>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      const file = files.find((built) => built.path === `assets/${path}`);
      if (file === undefined) throw new Error(`The build has no ${path}.`);
      seen.set(path, file.gzipBytes);
      const text = await readFile(join(folder, file.path), "utf8");
      // Imports at the beginning of a module; those in calls are loaded later.
      for (const [, next = ""] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) await visit(next);
    };
    for (const name of names) {
      const file = files.find(({ path }) => path.replace(/-[\w-]{8}\.js$/, "") === `assets/${name}`);
      if (file === undefined) throw new Error(`The build has no chunk ${name}.`);
      await visit(file.path.slice("assets/".length));
    }
    return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  test("has no inline code, and only names with a hash beside its HTML", async () => {
    const html = await readFile(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
    for (const { path } of files) expect(path).toMatch(/^(index\.html|favicon\.svg|assets\/.+-[\w-]{8}\.(js|css))$/);
  });

  // documented: console-first-load
  test("loads at most 150 kB of compressed script for the sign-in", async () => {
    expect(await load("index", "login-page")).toBeLessThan(FIRST_LOAD);
  });

  test.each([["keys-page"], ["dashboard-page"], ["playground-page"], ["history-page"]])(
    "loads at most 200 kB of compressed script for %s, the API's client included",
    async (page) => {
      expect(await load("index", "shell", "api-client", page)).toBeLessThan(PAGE);
    },
  );

  // documented: dashboard-chart-chunk
  test("loads the library of charts with the dashboard's figures there already, at most 130 kB", async () => {
    const page = await load("index", "shell", "api-client", "dashboard-page");
    expect((await load("index", "shell", "api-client", "dashboard-page", "usage-chart")) - page).toBeLessThan(CHART);
  });
});
