import { parseArgs } from "node:util";

export interface ProofOptions {
  /** @default - every environment */
  readonly environment: string | undefined;
  /** Names without the environment; what they need is applied too. @default - all */
  readonly stacks: readonly string[];
  /** Whether everything stays up after the proof, until Ctrl-C. */
  readonly keeps: boolean;
}

/** @throws for an unknown option */
export function readOptions(args: readonly string[]): ProofOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: "string" },
      stacks: { type: "string", default: "" },
      keep: { type: "boolean", default: false },
    },
  });
  return {
    environment: values.environment,
    stacks: values.stacks.split(",").filter((name) => name !== ""),
    keeps: values.keep,
  };
}
