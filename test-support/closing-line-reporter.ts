import type { Reporter, TestCase, TestModule } from "vitest/node";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts every test, and lists the skipped ones with their reasons. */
export class ClosingLineReporter implements Reporter {
  counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  skips: readonly string[] = [];

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // A file that can't be loaded has no tests, and an error outside of any test belongs to none.
    const broken = modules.filter(
      (module) => module.state() === "failed" && [...module.children.allTests()].length === 0,
    );
    const of = (state: string) => tests.filter((test) => test.result().state === state).length;
    this.counts = {
      passed: of("passed"),
      failed: of("failed") + broken.length + errors.length,
      skipped: of("skipped"),
    };
    this.skips = tests.filter((test) => test.result().state === "skipped").map(skipLine);
  }
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
