import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../docs/boot-budget.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| step"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("*", "").trim()),
  );
const steps = rows.filter(([step]) => step !== "total");
const total = rows.find(([step]) => step === "total") ?? [];

describe("the boot budget", () => {
  test.each([1, 2, 3])(
    "column %i adds up, and stays under the 300 seconds in which an engine must be ready",
    (column) => {
      const seconds = steps.map((row) => Number(row[column]));
      expect(steps.length).toBeGreaterThan(5);
      expect(seconds.every(Number.isInteger)).toBe(true);
      const sum = seconds.reduce((a, b) => a + b, 0);
      expect(total[column]).toBe(String(sum));
      expect(sum).toBeLessThan(300);
    },
  );

  // documented: boot-budget
  test("each step has the source of its figure", () => {
    for (const [step, , , , basis] of steps) expect(basis, step).toMatch(/\((m|c|e)\)|\[1\]/);
  });
});
