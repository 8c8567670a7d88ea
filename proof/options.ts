import { parseArgs } from "node:util";

export interface ProofOptions {
  /** @default - every environment */
  readonly environment: string | undefined;
  /** Names without the environment; what they need is applied too. @default - all */
  readonly stacks: readonly string[];
  /** Only the stacks' applies, or only the operator's commands. @default - both */
  readonly part: "stacks" | "operator" | undefined;
  /** Whether everything stays up after the proof, until Ctrl-C. */
  readonly keeps: boolean;
}

/** @throws for an unknown option or part */
export function readOptions(args: readonly string[]): ProofOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: "string" },
      stacks: { type: "string", default: "" },
      part: { type: "string" },
      keep: { type: "boolean", default: false },
    },
  });
  const { part } = values;
  if (part !== undefined && part !== "stacks" && part !== "operator")
    throw new Error(`--part must be stacks or operator, got ${part}.`);
  return {
    part,
    environment: values.environment,
    stacks: values.stacks.split(",").filter((name) => name !== ""),
    keeps: values.keep,
  };
}
