import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildLambdas, type LambdaBundle } from "./build.ts";

const folders: string[] = [];
let bundles: readonly LambdaBundle[];

async function buildIntoNewFolder(): Promise<readonly LambdaBundle[]> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-lambdas-"));
  folders.push(folder);
  return buildLambdas(folder);
}

beforeAll(async () => {
  bundles = await buildIntoNewFolder();
});

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

const sha256 = async (path: string) =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");

describe("the Lambda bundles", () => {
  test("there is one per folder with a handler", () => {
    expect(bundles.map(({ name }) => name)).toEqual([
      "administer",
      "archive-usage",
      "authorize-request",
      "count-usage",
      "drain-engine",
      "exchange-token",
      "publish-cost",
      "report-stripe",
      "seal-audit",
      "send-notices",
    ]);
  });

  test("equal sources give equal bytes", async () => {
    const again = await buildIntoNewFolder();
    const hashes = async (list: readonly LambdaBundle[]) => Promise.all(list.map(({ path }) => sha256(path)));
    expect(await hashes(again)).toEqual(await hashes(bundles));
  });

  test("each stays under 150 KiB zipped, so that a cold start reads little", () => {
    for (const { bytes } of bundles) expect(bytes).toBeLessThan(150 * 1024);
  });

  test("the AWS SDK is not bundled, everything else is", async () => {
    for (const { path } of bundles) {
      const code = Buffer.from(unzipSync(await readFile(path))["index.js"]!).toString();
      const required = [...code.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
      expect(required).toContainEqual(expect.stringMatching(/^@aws-sdk\/client-/));
      expect(required.filter((name) => !isBuiltin(name!) && !name!.startsWith("@aws-sdk/"))).toEqual([]);
    }
  });
});
