import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importProblems, ROOMS, specifiers } from "./room-rules.ts";

const root = join(import.meta.dirname, "..");
const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim().split("\n");
const tracked = [...git("ls-files"), ...git("ls-files", "--others", "--exclude-standard")].filter(
  (path) => path !== "",
);
const sources = tracked.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && path.includes("/"));

describe("rooms", () => {
  test("every file imports only what its room may", () => {
    const problems = sources.flatMap((path) => importProblems({ path, text: readFileSync(join(root, path), "utf8") }));
    expect(sources.length).toBeGreaterThan(50);
    expect(problems).toEqual([]);
  });

  test("every room with code has a README of at most 20 lines", () => {
    const rooms = [...new Set(sources.map((path) => path.split("/")[0] ?? ""))];
    expect(Object.keys(ROOMS)).toEqual(expect.arrayContaining(rooms));
    for (const room of rooms) {
      const lines = readFileSync(join(root, room, "README.md"), "utf8")
        .trimEnd()
        .split("\n");
      expect(lines.length, `${room}/README.md`).toBeLessThanOrEqual(20);
    }
  });

  test("a forbidden import is reported with file, import and remedy", () => {
    const text = 'import { App } from "cdktf";\nimport type { A } from "../stacks/main.ts";\n';
    expect(importProblems({ path: "gateway/app.ts", text })).toEqual([
      expect.stringMatching(/^gateway\/app\.ts imports the package cdktf, which gateway\/ may not; use what/),
      expect.stringMatching(
        /^gateway\/app\.ts imports stacks\/main\.ts, but gateway\/ may import contracts, domain, lib only; move/,
      ),
    ]);
  });

  test("a room that may import types of another is refused its values", () => {
    const types = 'import type { Environment } from "../settings/environment.ts";\n';
    const values = 'import { type Environment, EnvironmentSchema } from "../settings/environment.ts";\n';
    expect(importProblems({ path: "domain/x.ts", text: types })).toEqual([]);
    expect(importProblems({ path: "environments/x.ts", text: values })).toEqual([]);
    expect(importProblems({ path: "gateway/x.ts", text: types })).toHaveLength(1);
    expect(importProblems({ path: "domain/x.ts", text: values })).toEqual([
      expect.stringMatching(
        /^domain\/x\.ts imports values of settings\/environment\.ts, .*; write import type, or pass/,
      ),
    ]);
  });

  test("every room may import lib/, and lib/ imports no other room", () => {
    const ours = 'import { isRecord } from "../lib/is-record.ts";';
    for (const room of Object.keys(ROOMS)) expect(importProblems({ path: `${room}/x.ts`, text: ours })).toEqual([]);
    const theirs = 'import { METRICS } from "../contracts/metrics/catalogue.ts";';
    expect(importProblems({ path: "lib/x.ts", text: theirs })).toEqual([
      expect.stringMatching(/but lib\/ may import lib only/),
    ]);
  });

  test("the provider's barrel is refused where a deep import is allowed", () => {
    const barrel = 'import { sqsQueue } from "@cdktf/provider-aws";';
    const deep = 'import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";';
    expect(importProblems({ path: "constructs/data/queue.ts", text: barrel })).toHaveLength(1);
    expect(importProblems({ path: "constructs/data/queue.ts", text: deep })).toEqual([]);
  });

  test("reading process.env is refused outside the edges", () => {
    const text = "export const port = process.env.PORT;";
    expect(importProblems({ path: "gateway/app.ts", text })).toEqual([
      expect.stringMatching(/reads process\.env; read it/),
    ]);
    expect(importProblems({ path: "gateway/server.ts", text })).toEqual([]);
  });

  test("a folder without rules is reported", () => {
    expect(importProblems({ path: "helpers/x.ts", text: "" })).toEqual([
      expect.stringMatching(/helpers\/ is not a room/),
    ]);
  });

  test("finds imports of every form", () => {
    const text =
      'import "./a.ts";\nimport b,\n  { c } from "./b.ts";\nexport { d } from "./d.ts";\nawait import("./e.ts");';
    expect(specifiers(text)).toEqual(["./a.ts", "./b.ts", "./d.ts", "./e.ts"]);
  });
});
