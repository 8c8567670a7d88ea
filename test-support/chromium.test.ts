import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findChromium, WHOLE_BROWSERS } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "chromium-"));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

test("takes CHROMIUM_PATH before anything on PATH, and PATH's names in order", () => {
  const chrome = program("google-chrome");
  expect(findChromium({ PATH: folder })).toBe(chrome);
  const chromium = program("chromium");
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chromium);
  const shell = program("chromium-headless-shell");
  expect(findChromium({ PATH: folder })).toBe(shell);
  expect(findChromium({ PATH: folder }, WHOLE_BROWSERS)).toBe(chromium);
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: chrome })).toBe(chrome);
});

test("refuses a CHROMIUM_PATH that can't be run instead of taking another browser", () => {
  expect(() => findChromium({ PATH: folder, CHROMIUM_PATH: "/nowhere/chrome" })).toThrow(
    /got \/nowhere\/chrome; correct/,
  );
});
