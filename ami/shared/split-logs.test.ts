import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missingTools } from "../test/tools.ts";

const missing = missingTools("bash", "awk");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-logs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const split = (lines: readonly string[], bytes = 1_000_000) =>
  spawnSync(join(import.meta.dirname, "split-logs.sh"), ["gateway"], {
    encoding: "utf8",
    input: lines.map((line) => `${line}\n`).join(""),
    env: { PATH: process.env.PATH ?? "", SLUICE_LOG_FOLDER: folder, SLUICE_LOG_BYTES: String(bytes) },
  });
const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("an instance's log lines", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("metrics go to one file, everything else to the other, in order", () => {
    const metric = '{"_aws":{"Timestamp":1},"Requests":2}';
    const line = '{"level":"info","msg":"a line that talks of \\"_aws\\""}';
    expect(split([line, metric, "plain", metric]).status).toBe(0);
    expect(read("gateway.log")).toBe(`${line}\nplain\n`);
    expect(read("gateway-metrics.log")).toBe(`${metric}\n${metric}\n`);
  });

  test("a full file is renamed and replaced, so that the disk never fills", () => {
    split(
      Array.from({ length: 10 }, (_, index) => `line ${index}`),
      21, // three lines of 7 bytes
    );
    expect(readdirSync(folder).sort()).toEqual(["gateway.log", "gateway.log.1"]);
    expect(read("gateway.log.1")).toBe("line 6\nline 7\nline 8\n");
    expect(read("gateway.log")).toBe("line 9\n");
  });
});
