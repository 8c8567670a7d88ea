import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettingsFile } from "../admin/settings-file.ts";
import { sourcedText } from "../admin/sourced-text.ts";
import { publicKeyIn } from "../audit/verification.ts";
import { cacheCommand } from "../cache-command.ts";
import { readFolderModel } from "../models/folder-model.ts";
import { pushCommand } from "../models/push-command.ts";
import { readSignedFolder } from "../models/signed-folder.ts";
import { textOfFile } from "./named-file.ts";

const folder = mkdtempSync(join(tmpdir(), "named-file-"));
const pipe = join(folder, "pipe");
const sparse = join(folder, "sparse");
const absent = join(folder, "absent");
beforeAll(() => {
  execFileSync("mkfifo", [pipe]);
  writeFileSync(sparse, "");
  truncateSync(sparse, 2 * 1024 ** 3);
});
afterAll(() => rmSync(folder, { recursive: true }));

const UNUSABLE = [
  ["a pipe that nobody writes to", pipe, "it is a pipe or a device: write its content to a file"],
  ["a device without an end", "/dev/zero", "it is a pipe or a device: write its content to a file"],
  ["a directory", folder, "it is a directory: name a file in it"],
  ["two empty gigabytes", sparse, /it has 2,147,483,648 bytes, and at most [\d,]+ are read/],
  ["nothing", absent, "check the path"],
] as const;

const none = () => undefined;
/** What is never reached. */
const tools = new Proxy({}, { get: () => none }) as never;
const run = (
  command: { parseAsync(args: readonly string[], from: { from: "user" }): Promise<unknown> },
  ...args: string[]
) => command.parseAsync(args, { from: "user" });

describe.each(UNUSABLE)("%s", (_name, file, reason) => {
  test("is refused at once with its reason", () => {
    expect(() => textOfFile(file, 65_536)).toThrow(reason);
  });

  test("is refused by each command that reads a named file", async () => {
    expect(() => readSettingsFile(file)).toThrow(/^--file must name a readable file, got .+; .+\.$/);
    expect(() => sourcedText("--key", `file:${file}`, { variable: none })).toThrow(/^--key must name a readable file/);
    expect(() => publicKeyIn(file)).toThrow(/^--public-key must name a PEM file/);
    const warm = run(cacheCommand(tools), "warm", "--url", "http://127.0.0.1:1", "--file", file);
    await expect(warm).rejects.toThrow(/^--file must name a readable file/);
    const push = run(pushCommand(tools), folder, "s3://bucket/folder", "--key", file);
    await expect(push).rejects.toThrow(/^--key must name a readable file/);
  });
});

test("a folder of weights whose files are pipes is refused at once", async () => {
  const weights = mkdtempSync(join(folder, "weights-"));
  for (const name of ["config.json", "manifest.json"]) execFileSync("mkfifo", [join(weights, name)]);
  await expect(readFolderModel(weights)).rejects.toThrow("has no config.json");
  await expect(readSignedFolder(weights, "name")).rejects.toThrow("has no ");
});

test("a text, and a file of the kernel, which has no size, are read whole", () => {
  const text = join(folder, "text");
  writeFileSync(text, "é".repeat(100_000));
  expect(textOfFile(text, 200_000)).toBe("é".repeat(100_000));
  expect(textOfFile("/proc/self/status", 65_536)).toContain("VmRSS");
  expect(() => textOfFile("/proc/self/status", 10)).toThrow("at most 10 are read");
});
