import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What came of one test file. */
export interface FileResult {
  /** Absolute. */
  readonly path: string;
  readonly counts: Counts;
  /** Skipped tests with their reasons. */
  readonly skipped: readonly string[];
  /** What passed at a second attempt only, with the first one's error. */
  readonly flaky: readonly string[];
  /** Failed tests, hooks and the file itself, with their errors. */
  readonly failures: readonly string[];
}

/** Lines of an error's message at the end of the run; the whole one stands where the test failed. */
const MESSAGE_LINES = 12;

/**
 * Counts every test. Lists the skipped ones with their reasons, the ones that passed at a second attempt only, and the failed
 * ones with their errors, as a log of thousands of lines may have lost its middle.
 */
export class ClosingLineReporter implements Reporter {
  files: readonly FileResult[] = [];
  /** Errors outside of any test. */
  errors: readonly string[] = [];

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.files = modules.map(resultOf);
    this.errors = errors.map((error) => `failed: outside of any test: ${messageOf(error)}`);
  }
}

function resultOf(module: TestModule): FileResult {
  const tests = [...module.children.allTests()];
  const of = (state: string) => tests.filter((test) => test.result().state === state);
  // A file that can't be loaded and a hook that fails after its tests belong to no test.
  const others = [module, ...module.children.allSuites()].filter(failsByItself);
  return {
    path: module.moduleId,
    counts: {
      passed: of("passed").length,
      failed: of("failed").length + others.length,
      skipped: of("skipped").length,
    },
    skipped: of("skipped").map(skipLine),
    flaky: tests
      .filter((test) => test.diagnostic()?.flaky === true)
      .map((test) => errorLine("flaky, passed again", test, test.fullName, errorsOf(test))),
    failures: [
      ...of("failed").map((test) => errorLine("failed", test, test.fullName, errorsOf(test))),
      ...others.map((part) =>
        errorLine("failed", part, "fullName" in part ? part.fullName : "a hook or the file itself", part.errors()),
      ),
    ],
  };
}

/**
 * @param again results of files that failed and were run a second time
 * @returns all results; of a file that passes then, what failed before is flaky
 */
export function withSecondRun(files: readonly FileResult[], again: readonly FileResult[]): readonly FileResult[] {
  return files.map((file) => {
    const second = again.find(({ path }) => path === file.path);
    if (second === undefined || second.counts.failed > 0 || second.counts.passed === 0) return file;
    const flaky = file.failures.map((line) => line.replace(/^failed/, "flaky, passed when its file ran again"));
    return { ...second, flaky: [...flaky, ...file.flaky, ...second.flaky] };
  });
}

export function sumOf(files: readonly FileResult[]): Counts {
  const sum = (state: keyof Counts) => files.reduce((total, { counts }) => total + counts[state], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** Lines for the end of the run. */
export function remarksOf(files: readonly FileResult[]): readonly string[] {
  return (["skipped", "flaky", "failures"] as const).flatMap((kind) => files.flatMap((file) => file[kind]));
}

/** Whether it has an error that none of its tests reports: where a hook before them fails, they are skipped. */
function failsByItself(part: TestModule | TestSuite): boolean {
  return part.errors().length > 0;
}

function skipLine(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return `skipped: ${test.fullName}: ${note ?? "without a reason"}`;
}

/** Of every attempt. */
function errorsOf(test: TestCase): readonly unknown[] {
  return test.result().errors ?? [];
}

function errorLine(
  what: string,
  part: TestCase | TestModule | TestSuite,
  name: string,
  errors: readonly unknown[],
): string {
  const file = "module" in part ? part.module.moduleId : part.moduleId;
  return `${what}: ${relative(part.project.config.root, file)} > ${name}: ${errors.map(messageOf).join("; ")}`;
}

function messageOf(error: unknown): string {
  const message =
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
  return stripVTControlCharacters(message).split("\n").slice(0, MESSAGE_LINES).join("\n");
}

/** The last line of `npm test`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
