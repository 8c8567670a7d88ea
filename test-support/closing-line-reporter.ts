import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Lines of an error's message at the end of the run; the whole one stands where the test failed. */
const MESSAGE_LINES = 12;

/**
 * Counts every test. Lists the skipped ones with their reasons, the ones that passed at a second attempt only, and the failed
 * ones with their errors, as a log of thousands of lines may have lost its middle.
 */
export class ClosingLineReporter implements Reporter {
  counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  /** Lines for the end of the run. */
  remarks: readonly string[] = [];

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const of = (state: string) => tests.filter((test) => test.result().state === state);
    // A file that can't be loaded, a hook that fails after its tests, and an error outside of any test belong to no test.
    const others = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter(failsByItself);
    this.counts = {
      passed: of("passed").length,
      failed: of("failed").length + others.length + errors.length,
      skipped: of("skipped").length,
    };
    const flaky = tests.filter((test) => test.diagnostic()?.flaky === true);
    const failures = [
      ...of("failed").map((test) => errorLine("failed", test, test.fullName, errorsOf(test))),
      ...others.map((part) =>
        errorLine("failed", part, "fullName" in part ? part.fullName : "a hook or the file itself", part.errors()),
      ),
      ...errors.map((error) => `failed: outside of any test: ${messageOf(error)}`),
    ];
    this.remarks = [
      ...of("skipped").map(skipLine),
      ...flaky.map((test) => errorLine("flaky, passed again", test, test.fullName, errorsOf(test))),
      ...failures,
    ];
  }
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
