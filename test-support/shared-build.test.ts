import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sharedBuild } from "./shared-build.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "shared-build-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("of several that ask for a build at once one builds, and all have its folder and its result", async () => {
  const sharedFolder = newFolder();
  let builds = 0;
  const build = async (folder: string) => {
    builds += 1;
    await Promise.resolve();
    writeFileSync(join(folder, "index.html"), "a page");
    return { files: ["index.html"] };
  };
  const built = await Promise.all([1, 2, 3].map(() => sharedBuild({ sharedFolder, name: "page", build })));
  expect(builds).toBe(1);
  for (const { folder, result } of built) {
    expect(result).toEqual({ files: ["index.html"] });
    expect(readFileSync(join(folder, "index.html"), "utf8")).toBe("a page");
  }
  await sharedBuild({ sharedFolder, name: "another", build });
  expect(builds).toBe(2);
});

test("a build that fails does so for all, with its reason, and is not begun again", async () => {
  const sharedFolder = newFolder();
  const build = () => Promise.reject(new Error("main.tsx has no end"));
  for (const _ of [1, 2])
    await expect(sharedBuild({ sharedFolder, name: "page", build })).rejects.toThrow(
      "The build of page failed: Error: main.tsx has no end",
    );
});

test("a build whose process has ended is waited for no longer than the limit", async () => {
  const sharedFolder = newFolder();
  const forever = () => new Promise<never>(() => {});
  void sharedBuild({ sharedFolder, name: "page", build: forever });
  await expect(sharedBuild({ sharedFolder, name: "page", build: forever, patienceMs: 1 })).rejects.toThrow(
    "Another process has not built page within 1 ms.",
  );
});
