import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { notModelledFile, notModelledList, readyMessage, runningTable } from "./report.ts";
import { Bucket } from "./services/s3/bucket.ts";
import { emptyRuntime } from "./test/runtime.ts";
import type { Twin } from "./twin.ts";

function twin(notModelled: Twin["notModelled"] = []): Twin {
  const runtime = emptyRuntime({ workFolder: "/home/me/sluice/.sluice" });
  runtime.dynamodb.tables.push("sluice-dev-keys");
  return { runtime, notModelled, stop: () => Promise.resolve() };
}

describe("the table of what runs where", () => {
  test("has page, API and AWS endpoint with their addresses in one column", () => {
    const rows = runningTable("dev", twin())
      .split("\n")
      .filter((line) => line.includes("http://"));
    expect(rows.map((row) => row.indexOf("http://"))).toEqual(Array(4).fill(rows[0]?.indexOf("http://")));
    expect(rows).toEqual([
      expect.stringMatching(/^ {2}page .*127\.0\.0\.1:8081$/),
      expect.stringMatching(/^ {2}API .*127\.0\.0\.1:8080 .*0 web ACL, 0 Lambda$/),
      expect.stringMatching(/^ {2}dashboard .*127\.0\.0\.1:2 .*0 alarms$/),
      expect.stringMatching(/DynamoDB.*sluice-dev-keys$/),
    ]);
  });

  test("counts the resources that are not modelled and names the file of the reasons", () => {
    const notModelled = [
      { type: "aws_vpc", count: 1, reason: "r" },
      { type: "aws_subnet", count: 4, reason: "r" },
    ];
    const file = notModelledFile("/home/me/sluice/.sluice");
    expect(runningTable("dev", twin(notModelled))).toContain(
      `(5 resources of 2 types are not modelled; the reasons are in ${file})`,
    );
    expect(notModelledList(twin(notModelled))).toBe("aws_vpc       1  r\naws_subnet    4  r\n");
  });
});

describe("the last words of a start", () => {
  const facts = { model: "phi-3-mini", text: 'Hello "you"\n', key: undefined, seconds: 12.345 };
  const curl = (text: string) => text.split("\n").find((line) => line.startsWith("curl")) ?? "";

  test("show that it is ready, after how long, at which address, and the first response", () => {
    const text = readyMessage({ ...facts, twin: twin() });
    expect(text).toContain("ready in 12.3 s");
    expect(text).toContain("  page  http://127.0.0.1:8081");
    expect(text).toContain("  API   http://127.0.0.1:8080/v1");
    expect(text).toContain('first request through the whole path: "Hello \\"you\\"\\n"');
  });

  // documented: console-address
  test("have the console's address where the console is on", () => {
    const started = twin();
    const { buckets } = started.runtime.s3;
    const bucket = new Bucket();
    buckets.set("sluice-dev-site", bucket);
    bucket.put({ key: "index.html", content: "page" }, "/");
    expect(readyMessage({ ...facts, twin: started })).not.toContain("console");
    bucket.put({ key: "dashboard", content: "console" }, "/");
    expect(readyMessage({ ...facts, twin: started })).toContain("  console  http://127.0.0.1:8081/dashboard");
  });

  test("have a curl that a shell reads as address, headers and valid JSON", () => {
    for (const key of [undefined, "sk-sl-aaaaaaaaaaaa-secret"]) {
      const words = curl(readyMessage({ ...facts, twin: twin(), key })).replace(/^curl/, "printf '%s\\n'");
      const printed = execFileSync("sh", ["-c", words], { encoding: "utf8" }).trim().split("\n");
      expect(printed).toContain("http://127.0.0.1:8080/v1/chat/completions");
      expect(JSON.parse(printed.at(-1) ?? "")).toMatchObject({ model: "phi-3-mini", messages: [{ role: "user" }] });
      expect(printed.includes(`authorization: Bearer ${key}`)).toBe(key !== undefined);
    }
  });
});
