import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { environmentNames } from "../environments/load.ts";

const folder = join(import.meta.dirname, "../.github/workflows");
const names = readdirSync(folder).filter((name) => name.endsWith(".yml"));
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const onPath = (tool: string) =>
  (process.env.PATH ?? "").split(delimiter).some((path) => path !== "" && existsSync(join(path, tool)));
const noActionlint = onPath("actionlint")
  ? undefined
  : "actionlint not on PATH: `go install github.com/rhysd/actionlint/cmd/actionlint@latest`";

/** The text of each job: what is indented below its name. */
function jobs(workflow: string): Readonly<Record<string, string>> {
  const [, all = ""] = workflow.split(/^jobs:\n/m);
  return Object.fromEntries(
    all
      .split(/^(?= {2}[\w-]+:\n)/m)
      .map((job) => [/^ {2}([\w-]+):/.exec(job)?.[1] ?? "", job] as const)
      .filter(([name]) => name !== ""),
  );
}

describe("workflows", () => {
  test("actionlint finds nothing", ({ skip }) => {
    skip(noActionlint !== undefined, noActionlint);
    const { stdout, stderr, status } = spawnSync(
      "actionlint",
      ["-no-color", ...names.map((name) => join(folder, name))],
      {
        encoding: "utf8",
      },
    );
    expect(stdout + stderr).toBe("");
    expect(status).toBe(0);
  });

  test.each(names)("%s pins every action to a commit, with its version beside it", (name) => {
    const uses = [...text(name).matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("one action has one commit everywhere", () => {
    const uses = names.flatMap((name) => [...text(name).matchAll(/uses: (\S+)@(\S+)/g)]);
    const commits = Map.groupBy(uses, ([, action]) => action);
    for (const [action, all] of commits) expect(new Set(all.map(([, , commit]) => commit)).size, action).toBe(1);
  });

  test.each(names)("%s starts without permissions but reading, and each job has a time limit", (name) => {
    expect(text(name)).toMatch(/^permissions:( \{\}|\n {2}contents: read\n(?! ))/m);
    for (const [job, body] of Object.entries(jobs(text(name)))) expect(body, job).toMatch(/^ {4}timeout-minutes: \d+/m);
  });

  test("only what a job needs may be written", () => {
    const written = names.flatMap((name) =>
      Object.entries(jobs(text(name))).flatMap(([job, body]) =>
        [...body.matchAll(/^ {6}([\w-]+): write/gm)].map(([, scope]) => `${name} ${job}: ${scope}`),
      ),
    );
    expect(written.filter((line) => !line.startsWith("infracost"))).toEqual([
      "deploy.yml plan: id-token",
      "deploy.yml apply: id-token",
      "drift.yml plan: id-token",
      "drift.yml plan: issues",
    ]);
  });

  test("no expression stands inside a script, where its text would be run", () => {
    for (const name of names) {
      const scripts = [...text(name).matchAll(/^( +)(?:- )?run: (.*(?:\n\1 {2,}.*|\n\s*$)*)/gm)].map(
        ([, , body = ""]) => body,
      );
      expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    }
  });

  test("every environment can be deployed and is compared each night", () => {
    // Names come from the files: no workflow has one.
    const named = new RegExp(`\\b(${environmentNames().join("|")})\\b`);
    for (const name of names) expect(text(name).replaceAll(/^ *#.*$/gm, ""), name).not.toMatch(named);
    expect(text("drift.yml")).toMatch(/environment: \$\{\{ fromJSON\(needs\.environments\.outputs\.names\) \}\}/);
    expect(text("drift.yml")).toContain("sluice -- environments --json");
    expect(text("deploy.yml")).toContain('sluice -- validate "$ENVIRONMENT"');
  });

  test("deploying applies only after the plan, in the GitHub environment that holds the approval, on main", () => {
    const { plan = "", apply = "" } = jobs(text("deploy.yml"));
    expect(plan).toMatch(/^ {4}environment: \$\{\{ inputs\.environment \}\}-plan$/m);
    expect(plan).toContain("if: github.ref == 'refs/heads/main'\n");
    expect(plan).not.toContain("sluice -- deploy");
    expect(apply).toContain("needs: plan\n");
    // The approved plan itself, whose hash comes from the plan's job and not with its files.
    expect(plan).toContain('--save "$RUNNER_TEMP/plans"');
    expect(apply).toMatch(/HASH: \$\{\{ needs\.plan\.outputs\.hash \}\}/);
    expect(apply).toContain('--plans "$RUNNER_TEMP/plans" --plans-hash "$HASH" --yes');
    expect(apply).toMatch(/^ {4}environment: \$\{\{ inputs\.environment \}\}$/m);
  });

  test("what changes a state never runs beside another", () => {
    expect(text("deploy.yml")).toMatch(/group: state-\$\{\{ inputs\.environment \}\}\n {2}cancel-in-progress: false/);
    expect(text("drift.yml")).toMatch(/group: state-\$\{\{ matrix\.environment \}\}.*\n {6}cancel-in-progress: false/);
  });
});
