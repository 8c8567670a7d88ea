import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installCdktf } from "./cdktf.ts";
import { Children } from "./children.ts";
import { MissingTool } from "./missing-tool.ts";

const cache = mkdtempSync(join(tmpdir(), "sluice-cdktf-"));
const empty = join(cache, "empty");
mkdirSync(empty);
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test("without npm, npm is reported as missing", async () => {
  const machine = { cache, variables: { PATH: empty }, children: new Children(), report: () => {} };
  await expect(installCdktf(machine)).rejects.toThrow(MissingTool);
  await expect(installCdktf(machine)).rejects.toThrow(/npm/);
});
