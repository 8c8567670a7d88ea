import { parseArgs } from "node:util";

const PARTS = ["stacks", "operator", "cdktf"] as const;
export type Part = (typeof PARTS)[number];

export interface AcceptanceOptions {
  /** @default - every environment */
  readonly environment: string | undefined;
  /** Names without the environment; stacks that they read are applied too. @default - all */
  readonly stacks: readonly string[];
  /** Only the stacks' applies, only the operator's commands, or only cdktf's. @default - all of them */
  readonly part: Part | undefined;
  /** Whether everything stays up after the acceptance run, until Ctrl-C. */
  readonly keeps: boolean;
  /** Whether the requests of the run are written into the record of requests, instead of being compared with it. */
  readonly records: boolean;
}

/** @throws for an unknown option or part */
export function readOptions(args: readonly string[]): AcceptanceOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: "string" },
      stacks: { type: "string", default: "" },
      part: { type: "string" },
      keep: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const part = PARTS.find((each) => each === values.part);
  if (values.part !== undefined && part === undefined)
    throw new Error(`--part must be one of ${PARTS.join(", ")}, got ${values.part}.`);
  return {
    part,
    environment: values.environment,
    stacks: values.stacks.split(",").filter((name) => name !== ""),
    keeps: values.keep,
    records: values.record,
  };
}
