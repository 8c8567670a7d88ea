import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts every test, and lists the skipped ones with their reasons and the ones that passed at a second attempt only. */
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
    this.remarks = [...of("skipped").map(skipLine), ...flaky.map(({ fullName }) => `flaky, passed again: ${fullName}`)];
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

/** The last line of `npm test`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
