import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AcceptedFinding } from "../accepted-findings.ts";

export interface LintFinding {
  readonly rule: string;
  /** `<environment>-<stack>/<resource name>`, or a position in the stack's file. */
  readonly where: string;
  readonly text: string;
}

export interface CheckovReport {
  readonly findings: readonly LintFinding[];
  readonly passed: number;
  readonly unreadable: number;
}

/** For tests: stacks in a folder each, as linters require; removed after `use`. */
export function inStackFolders<Result>(
  stacks: Readonly<Record<string, string>>,
  use: (folder: string) => Result,
): Result {
  const root = mkdtempSync(join(tmpdir(), "sluice-lint-"));
  try {
    for (const [name, text] of Object.entries(stacks)) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, "cdk.tf.json"), text);
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Whether a program is on PATH. */
export function isOnPath(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

/** Every check of checkov, offline. It can't read the block `terraform`, which holds no resource, so that block is omitted. */
export function runCheckov(stacks: Readonly<Record<string, string>>): CheckovReport {
  const readable = Object.entries(stacks).map(([name, text]) => {
    const { terraform: _, ...stack } = JSON.parse(text);
    return [name, JSON.stringify(stack, null, 1)];
  });
  return inStackFolders(Object.fromEntries(readable), (folder) => {
    const options = ["--framework", "terraform_json", "--quiet", "--compact", "--soft-fail", "--skip-download"];
    const report = json("checkov", ["--directory", folder, ...options, "--output", "json"]);
    return {
      findings: report.results.failed_checks.map(
        (check: { check_id: string; check_name: string; file_path: string; resource: string }): LintFinding => ({
          rule: check.check_id,
          where: `${check.file_path.split("/").at(-2)}/${check.resource.split(".").at(-1)}`,
          text: check.check_name,
        }),
      ),
      passed: report.summary.passed,
      unreadable: report.summary.parsing_errors,
    };
  });
}

/** Every finding of tflint, from notice upwards. */
export function runTflint(stacks: Readonly<Record<string, string>>, config: string): readonly LintFinding[] {
  return inStackFolders(stacks, (folder) => {
    const options = ["--recursive", "--force", "--format", "json", "--config", config];
    const report = json("tflint", ["--chdir", folder, ...options]);
    if (report.errors.length > 0) throw new Error(`tflint: ${JSON.stringify(report.errors)}`);
    return report.issues.map(
      (issue: { rule: { name: string }; message: string; range: { filename: string; start: { line: number } } }) => ({
        rule: issue.rule.name,
        where: `${issue.range.filename.replace("/cdk.tf.json", "")}/line ${issue.range.start.line}`,
        text: issue.message,
      }),
    );
  });
}

/** Whether tflint finds its rules for AWS. */
export function hasAwsRules(config: string): boolean {
  const { stdout } = spawnSync("tflint", ["--config", config, "--version"], { encoding: "utf8" });
  return stdout.includes("ruleset.aws");
}

/** Findings that are not accepted, a sentence each, and accepted findings that the linters do not report. */
export function lintProblems(
  findings: readonly LintFinding[],
  accepted: readonly AcceptedFinding[],
): readonly string[] {
  const covers = ({ rule, only }: AcceptedFinding, finding: LintFinding) =>
    rule === finding.rule && (only === undefined || only.test(finding.where));
  return [
    ...findings
      .filter((finding) => !accepted.some((each) => covers(each, finding)))
      .map(({ rule, where, text }) => `${rule} in ${where}: ${text}`),
    ...accepted
      .filter((each) => !findings.some((finding) => covers(each, finding)))
      .map(
        ({ rule, only = "" }) =>
          `${rule} ${only} is accepted but not found; remove it from stacks/accepted-findings.ts`,
      ),
  ];
}

function json(program: string, args: readonly string[]) {
  const { stdout, stderr, status, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error || status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}
