import { createRequire } from "node:module";
import { expect, test } from "vitest";

const load = (specifier: string): Promise<unknown> => import(specifier);

test("a module of Node is the same one with and without its prefix, imported and required", async () => {
  const requireFrom = createRequire(import.meta.url);
  expect(await load("fs/promises")).toBe(await load("node:fs/promises"));
  expect(requireFrom("stream")).toBe(requireFrom("node:stream"));
  await expect(load("node:no-module")).rejects.toThrow("node:no-module");
});

test("a file of the project is loaded once, by whichever path, and one that does not exist is refused with its path", async () => {
  expect(await load("./loopback.ts")).toBe(await load("../test-support/loopback.ts"));
  await expect(load("./no-file.ts")).rejects.toThrow(/test-support\/no-file\.ts/);
});
