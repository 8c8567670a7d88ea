import { valueText } from "../lib/shortened.ts";

/** One problem of an environment file. */
export interface Problem {
  /** Path of the setting, e.g. `pools.phi-3-mini.maxInstances`. */
  readonly path: string;
  readonly value: unknown;
  readonly rule: string;
  readonly remedy: string;
}

const MAX_SHOWN = 80;

function shown(value: unknown): string {
  const text = valueText(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** All problems of one file in one error, a line each. */
export class EnvironmentError extends Error {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, value, rule, remedy }) => `  ${path}: ${rule}, got ${shown(value)}; ${remedy}`);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${file} has ${count}:`, ...lines].join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}
